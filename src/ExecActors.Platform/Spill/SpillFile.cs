using ExecActors.Platform.Interop;

using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A file on disk without a name: pwritev(2), pread(2), fallocate(2).</summary>
/// <remarks>Owns the descriptor. A call in progress keeps it open, whoever disposes.</remarks>
public sealed class SpillFile : ISpillFile
{
    /// <summary>Most parts of one write.</summary>
    public const int MaxParts = 64;

    private readonly SafeFileHandle _file;

    internal SpillFile(SafeFileHandle file) => _file = file;

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<ReadOnlyMemory<byte>> parts, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts.Length, MaxParts, nameof(parts));
        long length = 0;
        foreach (var part in parts)
        {
            length += part.Length;
        }

        try
        {
            // A short write is what the disk had room for; the rest meets the reason.
            for (long written = 0; written < length;)
            {
                var count = Libc.WritePartsAt(_file, parts, skip: written, offset + written);
                if (count <= 0)
                {
                    return count == 0 ? Errno.EIO : Libc.LastErrno;
                }

                written += count;
            }

            return 0;
        }
        catch (ObjectDisposedException)
        {
            return Errno.EBADF;
        }
    }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = Libc.ReadAt(_file, buffer, offset);
                if (count <= 0)
                {
                    return count == 0 ? Errno.EIO : Libc.LastErrno;
                }

                buffer = buffer[count..];
                offset += count;
            }

            return 0;
        }
        catch (ObjectDisposedException)
        {
            return Errno.EBADF;
        }
    }

    /// <inheritdoc/>
    public int Free(long offset, long length)
    {
        try
        {
            return Libc.PunchHole(_file, offset, length) < 0 ? Libc.LastErrno : 0;
        }
        catch (ObjectDisposedException)
        {
            return Errno.EBADF;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
