using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Before a directory is removed or renamed: whether a sandbox relies on it. Of this process that is known (<see cref="ReliedPlaces"/>); whoever relies on a
/// placeholder (<see cref="Placeholders"/>) has a shared lock on it, of whatever server, and a claim is the exclusive one.
/// </summary>
internal static class PlaceholderClaim
{
    private const uint Sticky = 0x200;
    private const uint OthersMayWrite = 0x12;

    /// <summary>Claims what has a name, if that is a directory.</summary>
    /// <param name="place">What is to be taken away.</param>
    /// <param name="claim">To be held until it is; null when there is nothing to be claimed.</param>
    /// <returns>EBUSY when a sandbox relies on it.</returns>
    public static FileOutcome Of(HeldPlace place, out SafeFileHandle? claim)
    {
        claim = null;
        if (Libc.StatusAt(place.Directory, place.Name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0 || !status.IsDirectory)
        {
            return default; // what is not there is for the act itself to tell
        }

        if (!ReliedPlaces.IsEmpty && TryLocate(place, out var at) && ReliedPlaces.IsAtOrAbove(at))
        {
            return FileOutcome.Failed(Errno.EBUSY);
        }

        if (!LooksLikeOne(status))
        {
            return default;
        }

        claim = Libc.OpenAt(place.Directory, place.Name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        return claim.IsInvalid ? default : Of(claim, status);
    }

    /// <summary>Claims an open directory, if it looks like a placeholder; the claim ends when it is closed.</summary>
    /// <returns>EBUSY when a sandbox relies on it.</returns>
    public static FileOutcome Of(SafeFileHandle directory, in FileStatus status) =>
        LooksLikeOne(status) && Libc.TryLockExclusive(directory) < 0 && Libc.LastErrno == Errno.EAGAIN ? FileOutcome.Failed(Errno.EBUSY) : default;

    /// <summary>Where a place is, without links.</summary>
    public static bool TryLocate(HeldPlace place, out UnixPath at)
    {
        var isHere = LinuxFiles.TryLocate(place.Directory, out var above);
        at = isHere ? UnixPath.FromBytes(NativePath.Join(above, place.Name.AsSpan(0, place.Name.Length - 1))) : UnixPath.Root;
        return isHere;
    }

    private static bool LooksLikeOne(in FileStatus status) => status.IsDirectory && (status.Permissions & (Sticky | OthersMayWrite)) == Sticky;
}
