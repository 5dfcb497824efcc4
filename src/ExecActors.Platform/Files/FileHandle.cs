using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>One open file: owner of its descriptor, and of the replacement it is meant for. Used by one thread at a time; every call may block.</summary>
public sealed class FileHandle : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly FileReplacement? _replacement;
    private FileOutcome _failure;

    /// <summary>Takes over a descriptor, wherever it was opened.</summary>
    /// <param name="descriptor">Open for reading or for writing, and closed on exec.</param>
    /// <param name="replacement">Where the file goes when it is complete, taken over too; null for a file that has its name already.</param>
    public FileHandle(SafeFileHandle descriptor, FileReplacement? replacement = null)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _file = descriptor;
        _replacement = replacement;
    }

    /// <summary>The descriptor, which stays this handle's: for passing a copy to another process.</summary>
    public SafeFileHandle Descriptor => _file;

    /// <summary>What <see cref="Commit"/> will do; null for a file that has its name already.</summary>
    public FileReplacement? Replacement => _replacement;

    /// <summary>Whether this is a file that keeps bytes, and no FIFO, socket or device.</summary>
    public bool IsRegular => Libc.Status(_file, out var status) == 0 && status.IsRegular;

    /// <summary>The file's length now, in bytes.</summary>
    public FileOutcome GetSize(out long size)
    {
        var outcome = FileOutcome.Of(Libc.Status(_file, out var status));
        size = status.Size;
        return outcome;
    }

    /// <summary>Reads from a position until the buffer is full or the file ends.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="offset">From the start of the file; a negative one is EINVAL.</param>
    /// <param name="count">Bytes read; fewer than the buffer holds only at the end of the file.</param>
    /// <returns>EBADF for a file opened for writing.</returns>
    public FileOutcome ReadAt(Span<byte> buffer, long offset, out int count)
    {
        count = 0;
        do
        {
            var read = Libc.ReadAt(_file, buffer[count..], offset + count);
            if (read <= 0)
            {
                return FileOutcome.Of(read);
            }

            count += read;
        }
        while (count < buffer.Length);
        return default;
    }

    /// <summary>Writes all bytes at a position; a gap before it reads as zeros.</summary>
    /// <param name="bytes">What to write.</param>
    /// <param name="offset">From the start of the file. What has no positions, such as a device, takes the bytes as they come.</param>
    /// <returns>EBADF for a file opened for reading. Part of the bytes may have been written before a failure.</returns>
    public FileOutcome WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var written = Libc.WriteAt(_file, bytes, offset);
            if (written < 0 && Libc.LastErrno == Errno.ESPIPE)
            {
                written = Libc.Write(_file, bytes);
            }

            if (written < 0)
            {
                return _failure = FileOutcome.LastError;
            }

            bytes = bytes[written..];
            offset += written;
        }

        return default;
    }

    /// <summary>Cuts or extends the file to a length.</summary>
    public FileOutcome SetSize(long size) => FileOutcome.Of(Libc.Truncate(_file, size));

    /// <summary>Puts an atomic replacement in its place, complete and on disk; nothing for any other file. Only the first call does something.</summary>
    /// <returns>A failure leaves what was there untouched; <see cref="FileRefusal.ReplacementFailed"/> when a write had failed before.</returns>
    public FileOutcome Commit()
    {
        if (_replacement is null)
        {
            return default;
        }

        return _failure.Succeeded ? _replacement.Commit(_file) : FileOutcome.Refused(FileRefusal.ReplacementFailed);
    }

    /// <summary>Closes the file. A replacement that was not committed leaves nothing behind.</summary>
    public void Dispose()
    {
        _replacement?.Dispose();
        _file.Dispose();
    }
}
