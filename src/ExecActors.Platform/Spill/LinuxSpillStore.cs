using System.Runtime.InteropServices;

using ExecActors.Platform.Interop;

using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Makes nameless files in one directory that lies on a disk.</summary>
public sealed class LinuxSpillStore : ISpillStore, IDisposable
{
    private const long TMPFS_MAGIC = 0x01021994;
    private const long RAMFS_MAGIC = 0x858458F6;
    private const int SIGXFSZ = 25;
    private const uint OwnerOnly = 0x180; // 0600

    private readonly byte[] _directory;
    private readonly PosixSignalRegistration _fileSizeLimit;

    /// <summary>Looks at the directory: one statfs(2), on the calling thread.</summary>
    /// <param name="directory">Absolute path.</param>
    public LinuxSpillStore(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _directory = CString.Of(directory);

        // A write beyond the server's own file size limit is to fail with EFBIG, not to end the server. Programs get the default action back.
        _fileSizeLimit = PosixSignalRegistration.Create((PosixSignal)SIGXFSZ, context => context.Cancel = true);
        if (Libc.FileSystemOf(_directory, out var facts) < 0)
        {
            Refusal = $"{directory} cannot be used for output: {OsError.Describe(Libc.LastErrno)}";
        }
        else if (facts.Type is TMPFS_MAGIC or RAMFS_MAGIC)
        {
            Refusal = $"{directory} is memory itself, which output is to be kept out of; name a directory on a disk";
        }
        else
        {
            FreeBytes = facts.AvailableBlocks * facts.BlockSize;
        }
    }

    /// <summary>Why the directory is not used, for people; null when it is.</summary>
    public string? Refusal { get; }

    /// <summary>Disk space that was free when the store was made, in bytes; 0 when it is not usable.</summary>
    public long FreeBytes { get; }

    /// <inheritdoc/>
    public bool IsUsable => Refusal is null;

    /// <inheritdoc/>
    public ISpillFile? Create(out int errno)
    {
        if (!OpenFiles.HasRoom)
        {
            errno = Errno.EMFILE;
            return null;
        }

        using var directory = Libc.OpenAt(Libc.NoDirectory, _directory, Libc.O_PATH | Libc.O_DIRECTORY);
        if (directory.IsInvalid)
        {
            errno = Libc.LastErrno;
            return null;
        }

        var file = Libc.OpenAt(directory, ".\0"u8, Libc.O_TMPFILE | Libc.O_RDWR | Libc.O_EXCL, OwnerOnly);
        if (file.IsInvalid && Libc.LastErrno is Errno.EOPNOTSUPP or Errno.EISDIR or Errno.EINVAL)
        {
            file = CreateUnderName(directory);
        }

        if (file.IsInvalid)
        {
            errno = Libc.LastErrno;
            file.Dispose();
            return null;
        }

        errno = 0;
        return new SpillFile(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _fileSizeLimit.Dispose();

    // Where the file system makes no nameless files: under a name that lives for a moment.
    private static SafeFileHandle CreateUnderName(SafeFileHandle directory)
    {
        var name = CString.Of($".execactors-spill-{SecureRandom.Hex(32)}");
        var file = Libc.OpenAt(directory, name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, OwnerOnly);
        if (!file.IsInvalid)
        {
            _ = Libc.UnlinkAt(directory, name, 0);
        }

        return file;
    }
}
