using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Operations on files by the bytes of their absolute paths, which <see cref="System.IO"/> cannot name when they are not UTF-8. Every call may block,
/// for as long as a dead mount does.
/// </summary>
/// <remarks>
/// A path has no NUL, no empty and no dot segments and no slash at its end, as the protocol's parser gives it. <c>followLinks: false</c> means that no
/// component may be a symbolic link; it is enforced by the kernel (openat2(2)) and by descriptors of the directories, so that a link swapped in meanwhile is
/// not followed either.
/// </remarks>
public static partial class LinuxFiles
{
    /// <summary>Kind, size and times. Following, they are those of a link's target.</summary>
    public static FileOutcome GetMetadata(ReadOnlySpan<byte> path, bool followLinks, out FileMetadata metadata)
    {
        metadata = default;
        var outcome = followLinks ? StatusFollowed(path, out var status, out var isLink) : StatusUnfollowed(path, out status, out isLink);
        if (outcome.Succeeded)
        {
            metadata = new FileMetadata(status.IsDirectory, status.IsRegular, isLink, status.Size, status.BirthMs, status.ModifiedMs);
        }

        return outcome;
    }

    /// <summary>The path without links; it must exist.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="canonical">The result; empty on failure.</param>
    public static FileOutcome Canonicalize(ReadOnlySpan<byte> path, out byte[] canonical)
    {
        var resolved = Libc.RealPath(CString.Of(path));
        canonical = resolved ?? [];
        return resolved is null ? FileOutcome.LastError : default;
    }

    /// <summary>Where an open file or directory is now, as this process sees it, without links.</summary>
    /// <param name="descriptor">Any open one.</param>
    /// <param name="path">Absolute; empty when it has no place here. Of a file that was removed since, it ends with <c> (deleted)</c>.</param>
    public static bool TryLocate(SafeFileHandle descriptor, out byte[] path)
    {
        path = Libc.ReadLink(SelfPath(descriptor)) ?? [];
        var isHere = path is [(byte)'/', ..];
        path = isHere ? path : [];
        return isHere;
    }

    /// <summary>Gives a file or directory another name on the same file system (renameat2(2)). A link is renamed itself.</summary>
    /// <param name="source">The present name.</param>
    /// <param name="destination">The new one.</param>
    /// <param name="replace">Whether what has that name already goes; otherwise EEXIST.</param>
    public static FileOutcome Rename(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, bool replace) => FileOutcome.Of(Libc.RenameAt(
        Libc.NoDirectory, CString.Of(source), Libc.NoDirectory, CString.Of(destination), replace ? 0 : Libc.RENAME_NOREPLACE));

    /// <summary>Sets the permission bits.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">0 to 0o7777.</param>
    /// <param name="followLinks">Otherwise a link as the last name is ELOOP.</param>
    public static FileOutcome ChangeMode(ReadOnlySpan<byte> path, int mode, bool followLinks)
    {
        if (followLinks)
        {
            return FileOutcome.Of(Libc.ChangeMode(CString.Of(path), (uint)mode));
        }

        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using var closesParent = parent;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        using var file = Libc.OpenAt(parent, NativePath.Name(path), Libc.O_PATH | Libc.O_NOFOLLOW);
        if (file.IsInvalid || Libc.Status(file, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (status.IsLink)
        {
            return FileOutcome.Failed(Errno.ELOOP);
        }

        var result = Libc.ChangeModeOfPath(file, (uint)mode);
        return result < 0 && Libc.LastErrno == Errno.ENOSYS
            ? FileOutcome.Of(Libc.ChangeMode(SelfPath(file), (uint)mode)) // before Linux 6.6
            : FileOutcome.Of(result);
    }

    /// <summary>The magic link of an open file, with a closing NUL.</summary>
    internal static byte[] SelfPath(System.Runtime.InteropServices.SafeHandle file) =>
        CString.Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}"));

    private static FileOutcome StatusFollowed(ReadOnlySpan<byte> path, out FileStatus status, out bool isLink)
    {
        var name = CString.Of(path);
        var result = Libc.StatusAt(Libc.NoDirectory, name, Libc.AT_SYMLINK_NOFOLLOW, out status);
        isLink = result == 0 && status.IsLink;
        return FileOutcome.Of(isLink ? Libc.StatusAt(Libc.NoDirectory, name, 0, out status) : result);
    }

    private static FileOutcome StatusUnfollowed(ReadOnlySpan<byte> path, out FileStatus status, out bool isLink)
    {
        isLink = false;
        status = default;
        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using var closesParent = parent;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        if (Libc.StatusAt(parent, NativePath.Name(path), Libc.AT_SYMLINK_NOFOLLOW, out status) < 0)
        {
            return FileOutcome.LastError;
        }

        return status.IsLink ? FileOutcome.Refused(FileRefusal.SymbolicLink) : default;
    }
}
