#pragma warning disable CA2000 // what is opened passes to the caller
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Opening files under a guard: a path is walked once, to a descriptor that opens nothing (O_PATH); that is judged, and then opened itself, by its magic link.
/// </summary>
internal static class HeldFiles
{
    /// <summary>Somebody else makes and removes the name all the time.</summary>
    private const int Attempts = 16;

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="directory">Where the path begins, if it is not absolute.</param>
    /// <param name="path">With a closing NUL.</param>
    /// <param name="followLink">Otherwise a link as the last name is ELOOP.</param>
    /// <param name="guard">Judges it.</param>
    /// <param name="file">The caller's; invalid on failure.</param>
    public static FileOutcome OpenRead(SafeFileHandle directory, ReadOnlySpan<byte> path, bool followLink, IPlaceGuard guard, out SafeFileHandle file)
    {
        file = new SafeFileHandle();
        using var held = Libc.OpenAt(directory, path, Libc.O_PATH | (followLink ? 0 : Libc.O_NOFOLLOW));
        if (held.IsInvalid || Libc.Status(held, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        var outcome = guard.MayRead(held);
        return !outcome.Succeeded ? outcome
            : status.IsLink ? FileOutcome.Failed(Errno.ELOOP)
            : !status.IsRegular ? NotRegular(held, status, followLink ? FileRefusal.NotAFile : FileRefusal.NotAFileUnfollowed)
            : Reopen(held, Libc.O_RDONLY, out file);
    }

    /// <summary>Opens a file for writing, or makes it.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">Otherwise a link as the last name is ELOOP and an earlier one ENOTDIR.</param>
    /// <param name="wanted">How.</param>
    /// <param name="guard">Judges it, or the place where it is made.</param>
    /// <param name="file">The caller's; invalid on failure.</param>
    public static FileOutcome OpenWrite(ReadOnlySpan<byte> path, bool followLinks, in HeldWrite wanted, IPlaceGuard guard, out SafeFileHandle file)
    {
        file = new SafeFileHandle();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var outcome = followLinks ? HeldPlace.Follow(path, out var found) : HeldPlace.Find(path, followLinks: false, out found);
            using var place = found;
            if (!outcome.Succeeded || TryOpenWrite(place!, wanted, guard, isFinal: !followLinks, out file, out outcome))
            {
                return outcome;
            }
        }

        return FileOutcome.Failed(Errno.EBUSY);
    }

    /// <summary><see cref="OpenWrite(ReadOnlySpan{byte}, bool, in HeldWrite, IPlaceGuard, out SafeFileHandle)"/> of a name in a directory, through links.</summary>
    public static FileOutcome OpenWrite(SafeFileHandle directory, byte[] name, in HeldWrite wanted, IPlaceGuard guard, out SafeFileHandle file)
    {
        file = new SafeFileHandle();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var outcome = HeldPlace.Follow(directory, name, out var found);
            using var place = found;
            if (!outcome.Succeeded || TryOpenWrite(place!, wanted, guard, isFinal: false, out file, out outcome))
            {
                return outcome;
            }
        }

        return FileOutcome.Failed(Errno.EBUSY);
    }

    /// <returns>False when what has the name has changed meanwhile, so that it has to be followed anew.</returns>
    private static bool TryOpenWrite(HeldPlace place, in HeldWrite wanted, IPlaceGuard guard, bool isFinal, out SafeFileHandle file, out FileOutcome outcome)
    {
        file = new SafeFileHandle();
        using var held = Libc.OpenAt(place.Directory, place.Name, Libc.O_PATH | Libc.O_NOFOLLOW);
        if (held.IsInvalid)
        {
            outcome = FileOutcome.LastError;
            return !outcome.IsNotFound || TryMake(place, wanted, guard, out file, out outcome);
        }

        if (Libc.Status(held, out var status) < 0)
        {
            outcome = FileOutcome.LastError;
            return true;
        }

        if (status.IsLink)
        {
            outcome = FileOutcome.Failed(Errno.ELOOP);
            return isFinal;
        }

        outcome = guard.MayChange(held);
        if (outcome.Succeeded)
        {
            outcome = wanted.RegularOnly && status is { IsRegular: false, IsDirectory: false }
                ? NotRegular(held, status, FileRefusal.NotAFile)
                : Reopen(held, Libc.O_WRONLY | wanted.Flags, out file);
        }

        return true;
    }

    private static bool TryMake(HeldPlace place, in HeldWrite wanted, IPlaceGuard guard, out SafeFileHandle file, out FileOutcome outcome)
    {
        file = new SafeFileHandle();
        outcome = guard.MayMake(place.Directory, place.Name);
        if (!outcome.Succeeded)
        {
            // That nothing can be made where a link leads is said as open(2) says it.
            outcome = outcome.IsNotFound && place.IsFollowed && Libc.AccessWrite(place.Directory, ".\0"u8) < 0 ? FileOutcome.LastError : outcome;
            return true;
        }

        // O_EXCL: a link that somebody puts there now is not followed.
        file = Libc.OpenAt(place.Directory, place.Name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NONBLOCK, wanted.Mode);
        outcome = file.IsInvalid ? FileOutcome.LastError : default;
        return outcome.Errno != Errno.EEXIST;
    }

    // The descriptor of a magic link leads to the very file, on the very mount.
    private static FileOutcome Reopen(SafeFileHandle held, int flags, out SafeFileHandle file)
    {
        file = Libc.OpenAt(Libc.NoDirectory, LinuxFiles.SelfPath(held), flags | Libc.O_NONBLOCK);
        return file.IsInvalid ? FileOutcome.LastError : default;
    }

    // A device where none may be opened is how a sandbox hides a file: what open(2) would say of it, without opening it.
    private static FileOutcome NotRegular(SafeFileHandle held, in FileStatus status, FileRefusal otherwise) =>
        status.IsCharacterDevice && Libc.IsWithoutDevices(held) ? FileOutcome.Failed(Errno.EACCES) : FileOutcome.Refused(otherwise);
}

/// <summary>How a file is opened for writing.</summary>
/// <param name="Flags">O_TRUNC or none.</param>
/// <param name="Mode">Of a new file, less the umask.</param>
/// <param name="RegularOnly">Whether FIFOs, sockets and devices are refused unopened.</param>
internal readonly record struct HeldWrite(int Flags, uint Mode, bool RegularOnly = false);
