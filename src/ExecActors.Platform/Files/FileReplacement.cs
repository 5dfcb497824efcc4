#pragma warning disable CA2000 // what is opened passes to the replacement or its handle; each failing path disposes it
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A new file that takes a name, and the place of the file that has it, only when it is complete. Owns the directory's descriptor.</summary>
/// <remarks>
/// It has no name at all until then (O_TMPFILE), so that nothing is left of it even when the program is killed. On a file system that cannot do that
/// it has a hidden name beside its future one, <c>.execactors-</c> and 16 hexadecimal digits, which <see cref="Dispose"/> removes and only a kill leaves.
/// Hard links of the replaced file keep the old bytes; its permission bits, and its owner as far as allowed, pass to the new one.
/// </remarks>
public sealed class FileReplacement : IDisposable
{
    private const int Attempts = 8;

    private readonly SafeFileHandle _directory;
    private readonly byte[] _name;
    private byte[]? _temporaryName;
    private bool _done;

    /// <summary>Takes over what another process prepared.</summary>
    /// <param name="directory">The directory of the future name.</param>
    /// <param name="name">The future name in it, with a closing NUL.</param>
    /// <param name="temporaryName">The present name in it, with a closing NUL; null when the file has none.</param>
    public FileReplacement(SafeFileHandle directory, byte[] name, byte[]? temporaryName)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(name);
        _directory = directory;
        _name = name;
        _temporaryName = temporaryName;
    }

    /// <summary>The directory of the future name; it stays this object's.</summary>
    public SafeFileHandle Directory => _directory;

    /// <summary>The future name, with a closing NUL.</summary>
    public ReadOnlyMemory<byte> Name => _name;

    /// <summary>The present name, with a closing NUL; null when the file has none.</summary>
    public ReadOnlyMemory<byte>? TemporaryName => _temporaryName is { } name ? name : null;

    /// <summary>Another process has it now: <see cref="Dispose"/> removes nothing.</summary>
    public void HandOver() => _done = true;

    /// <summary>Removes a temporary name when there was no commit, and closes the directory.</summary>
    public void Dispose()
    {
        if (!_done && _temporaryName is { } name)
        {
            _ = Libc.UnlinkAt(_directory, name, 0); // already gone, or nothing can be done about it
        }

        _done = true;
        _directory.Dispose();
    }

    /// <summary>Opens a new file for writing that will take the place of what a path leads to.</summary>
    /// <param name="path">Absolute; links are followed, also one that leads nowhere yet.</param>
    /// <param name="guard">Judges the place before anything is made there.</param>
    /// <param name="handle">The file; null on failure.</param>
    internal static FileOutcome Open(ReadOnlySpan<byte> path, IPlaceGuard? guard, out FileHandle? handle)
    {
        handle = null;
        var outcome = HeldPlace.Follow(path, out var found);
        using var place = found;
        if (outcome.Succeeded)
        {
            outcome = guard?.MayTake(place!.Directory, place.Name) ?? default;
        }

        if (outcome.Succeeded && place!.Present is { } status)
        {
            outcome = MayReplace(place, status);
        }

        if (!outcome.Succeeded)
        {
            return outcome;
        }

        var file = Create(place!.Directory, out var temporaryName);
        if (file.IsInvalid)
        {
            return FileOutcome.LastError;
        }

        if (place.Present is { } old)
        {
            // The owner first: a change of it clears the set-id bits. Not allowed to most, and then the new file is simply ours.
            _ = Libc.ChangeOwner(file, old.Owner.User, old.Owner.Group);
            _ = Libc.ChangeMode(file, old.Permissions);
        }

        handle = new FileHandle(file, new FileReplacement(place.TakeDirectory(), place.Name, temporaryName));
        return default;
    }

    internal FileOutcome Commit(SafeFileHandle file)
    {
        if (_done)
        {
            return default;
        }

        if (Libc.DataSync(file) < 0)
        {
            return FileOutcome.LastError;
        }

        var outcome = _temporaryName is null ? GiveName(file) : default;
        if (outcome.Succeeded)
        {
            outcome = FileOutcome.Of(Libc.RenameAt(_directory, _temporaryName, _directory, _name, 0));
            _done = outcome.Succeeded;
        }

        return outcome;
    }

    // linkat(2) cannot replace a name, so a file without one gets a temporary name for the moment before the rename.
    private FileOutcome GiveName(SafeFileHandle file)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = RandomName();
            if (Libc.LinkAt(LinuxFiles.SelfPath(file), _directory, name, Libc.AT_SYMLINK_FOLLOW) == 0)
            {
                _temporaryName = name;
                return default;
            }

            if (Libc.LastErrno != Errno.EEXIST || attempt == Attempts)
            {
                return FileOutcome.LastError;
            }
        }
    }

    // The right to the directory would do for a rename; what may not be written in place may not be replaced either.
    private static FileOutcome MayReplace(HeldPlace place, FileStatus status)
    {
        if (status.IsDirectory)
        {
            return FileOutcome.Failed(Errno.EISDIR);
        }

        return status.IsRegular ? FileOutcome.Of(Libc.AccessWrite(place.Directory, place.Name)) : FileOutcome.Refused(FileRefusal.NotAFile);
    }

    private static SafeFileHandle Create(SafeFileHandle directory, out byte[]? temporaryName)
    {
        const uint mode = 0x1B6; // 0666, less the umask
        temporaryName = null;
        var file = Libc.OpenAt(directory, ".\0"u8, Libc.O_TMPFILE | Libc.O_WRONLY, mode);
        if (!file.IsInvalid || Libc.LastErrno is not (Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL))
        {
            return file;
        }

        for (var attempt = 0; file.IsInvalid && attempt < Attempts; attempt++)
        {
            temporaryName = RandomName();
            file = Libc.OpenAt(directory, temporaryName, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, mode);
        }

        return file;
    }

    private static byte[] RandomName() => CString.Of($".execactors-{SecureRandom.Hex(16)}");
}
