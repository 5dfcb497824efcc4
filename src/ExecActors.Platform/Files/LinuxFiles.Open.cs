#pragma warning disable CA2000 // descriptors pass to the handle; each failing path disposes them
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Opening files.</summary>
public static partial class LinuxFiles
{
    private const uint NewFileMode = 0x1B6; // 0666, less the umask

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">Otherwise a link as the last name is ELOOP and an earlier one ENOTDIR.</param>
    /// <param name="handle">The file, to be disposed by the caller; null on failure.</param>
    /// <param name="guard">Judges the file; null for none.</param>
    public static FileOutcome OpenRead(ReadOnlySpan<byte> path, bool followLinks, out FileHandle? handle, IPlaceGuard? guard = null)
    {
        handle = null;
        if (followLinks)
        {
            return OpenRegular(Libc.NoDirectory, CString.Of(path), followLink: true, guard, out handle);
        }

        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using (parent)
        {
            return outcome.Succeeded ? OpenRegular(parent, NativePath.Name(path), followLink: false, guard, out handle) : outcome;
        }
    }

    /// <summary>Opens a file for writing, empty: what was in it is gone at once, while inode, mode and hard links stay.</summary>
    /// <param name="path">Absolute. A missing file is made, with mode 0666 less the umask; a missing directory is ENOENT.</param>
    /// <param name="followLinks">Whether links are written through, also one that leads nowhere yet; otherwise as for <see cref="OpenRead"/>.</param>
    /// <param name="handle">The file, to be disposed by the caller; null on failure.</param>
    /// <param name="guard">Judges the file, or where it is made; null for none.</param>
    /// <returns>EISDIR for a directory, ENXIO for a FIFO that nobody reads. Devices are written to.</returns>
    public static FileOutcome OpenReplace(ReadOnlySpan<byte> path, bool followLinks, out FileHandle? handle, IPlaceGuard? guard = null) =>
        OpenWrite(path, followLinks, Libc.O_TRUNC, guard, out handle);

    /// <summary><see cref="OpenReplace"/>, but what is in the file stays until it is written over.</summary>
    public static FileOutcome OpenOverwrite(ReadOnlySpan<byte> path, bool followLinks, out FileHandle? handle, IPlaceGuard? guard = null) =>
        OpenWrite(path, followLinks, 0, guard, out handle);

    /// <summary><see cref="OpenReplace"/> following links, but for regular files only: positions mean nothing to a FIFO or device.</summary>
    public static FileOutcome OpenReplaceRegular(ReadOnlySpan<byte> path, out FileHandle? handle, IPlaceGuard? guard = null)
    {
        handle = null;
        if (guard is not null)
        {
            return Adopt(
                HeldFiles.OpenWrite(path, followLinks: true, new HeldWrite(Libc.O_TRUNC, NewFileMode, RegularOnly: true), guard, out var file), file, out handle);
        }

        var name = CString.Of(path);
        if (Libc.StatusAt(Libc.NoDirectory, name, 0, out var status) == 0 && status is { IsRegular: false, IsDirectory: false })
        {
            return FileOutcome.Refused(FileRefusal.NotAFile); // to open a FIFO or device may do anything
        }

        var outcome = OpenReplace(path, followLinks: true, out var opened);
        if (opened is null)
        {
            return outcome;
        }

        outcome = Libc.Status(opened.Descriptor, out status) < 0 ? FileOutcome.LastError
            : status.IsRegular ? default
            : FileOutcome.Refused(FileRefusal.NotAFile); // swapped in meanwhile
        if (!outcome.Succeeded)
        {
            opened.Dispose();
            return outcome;
        }

        handle = opened;
        return default;
    }

    /// <summary>Opens a new file that takes the place of what a path leads to with <see cref="FileHandle.Commit"/>, and not before.</summary>
    /// <param name="path">Absolute; links are followed.</param>
    /// <param name="handle">The file, to be disposed by the caller; null on failure.</param>
    /// <param name="guard">Judges the place; null for none.</param>
    public static FileOutcome OpenAtomicReplace(ReadOnlySpan<byte> path, out FileHandle? handle, IPlaceGuard? guard = null) =>
        FileReplacement.Open(path, guard, out handle);

    // Looked at before it is opened: to open a FIFO wakes its writers, and to open a device may do anything.
    private static FileOutcome OpenRegular(SafeFileHandle directory, byte[] name, bool followLink, IPlaceGuard? guard, out FileHandle? handle)
    {
        if (guard is not null)
        {
            return Adopt(HeldFiles.OpenRead(directory, name, followLink, guard, out var opened), opened, out handle);
        }

        handle = null;
        var notAFile = FileOutcome.Refused(followLink ? FileRefusal.NotAFile : FileRefusal.NotAFileUnfollowed);
        if (Libc.StatusAt(directory, name, followLink ? 0 : Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (!status.IsRegular)
        {
            return status.IsLink ? FileOutcome.Failed(Errno.ELOOP) : NotRegular(directory, name, status, notAFile);
        }

        // And looked at again once it is open, for what was swapped in between; O_NONBLOCK keeps that from waiting.
        var file = Libc.OpenAt(directory, name, Libc.O_RDONLY | Libc.O_NONBLOCK | (followLink ? 0 : Libc.O_NOFOLLOW));
        var outcome = file.IsInvalid || Libc.Status(file, out status) < 0 ? FileOutcome.LastError : status.IsRegular ? default : notAFile;
        if (!outcome.Succeeded)
        {
            file.Dispose();
            return outcome;
        }

        handle = new FileHandle(file);
        return default;
    }

    // A device where none may be opened is how a sandbox hides a file: what open(2) would say of it, without opening it.
    internal static FileOutcome NotRegular(SafeFileHandle directory, byte[] name, in FileStatus status, FileOutcome otherwise) =>
        status.IsCharacterDevice && Libc.IsWithoutDevices(directory, name) ? FileOutcome.Failed(Errno.EACCES) : otherwise;

    private static FileOutcome OpenWrite(ReadOnlySpan<byte> path, bool followLinks, int more, IPlaceGuard? guard, out FileHandle? handle)
    {
        if (guard is not null)
        {
            return Adopt(HeldFiles.OpenWrite(path, followLinks, new HeldWrite(more, NewFileMode), guard, out var file), file, out handle);
        }

        var flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NONBLOCK | more;
        if (followLinks)
        {
            return Adopt(Libc.OpenAt(Libc.NoDirectory, CString.Of(path), flags, NewFileMode), out handle);
        }

        handle = null;
        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using (parent)
        {
            return outcome.Succeeded
                ? Adopt(Libc.OpenAt(parent, NativePath.Name(path), flags | Libc.O_NOFOLLOW, NewFileMode), out handle)
                : outcome;
        }
    }

    private static FileOutcome Adopt(SafeFileHandle file, out FileHandle? handle) => Adopt(file.IsInvalid ? FileOutcome.LastError : default, file, out handle);

    private static FileOutcome Adopt(FileOutcome outcome, SafeFileHandle file, out FileHandle? handle)
    {
        handle = outcome.Succeeded ? new FileHandle(file) : null;
        if (!outcome.Succeeded)
        {
            file.Dispose();
        }

        return outcome;
    }
}
