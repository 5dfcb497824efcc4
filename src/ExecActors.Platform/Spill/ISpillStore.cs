namespace ExecActors.Platform;

/// <summary>Where output goes that does not fit into memory. The runtime knows files for it only through this, so that actor tests need none.</summary>
public interface ISpillStore
{
    /// <summary>Whether files can be had at all; when not, output is kept in memory only.</summary>
    bool IsUsable { get; }

    /// <summary>Makes a file that has no name, readable by nobody else. Blocks. Safe to call from several threads.</summary>
    /// <param name="errno">Why there is none; 0 when there is one.</param>
    /// <returns>The file, the caller's to dispose; null on failure.</returns>
    ISpillFile? Create(out int errno);
}

/// <summary>A file without a name: gone, with what is in it, as soon as it is disposed or its server has ended.</summary>
/// <remarks>
/// All calls block. <see cref="Write"/> and <see cref="Read"/> may run at once for ranges that do not meet; <see cref="IDisposable.Dispose"/>
/// may come at any time, and calls after it fail with EBADF.
/// </remarks>
public interface ISpillFile : IDisposable
{
    /// <summary>Writes the parts one behind the other from an offset on.</summary>
    /// <param name="parts">At most <see cref="SpillFile.MaxParts"/>; not changed by anyone until the call returns.</param>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <returns>0, or the errno; then any part of it may have been written.</returns>
    int Write(ReadOnlySpan<ReadOnlyMemory<byte>> parts, long offset);

    /// <summary>Fills a buffer with what was written at an offset.</summary>
    /// <returns>0, or the errno; EIO when the file ends before.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Gives the disk space of a range back; it reads as zeros afterwards.</summary>
    /// <returns>0, or the errno: EOPNOTSUPP where the file system cannot.</returns>
    int Free(long offset, long length);
}

/// <summary>No files: output is kept in memory only.</summary>
public sealed class NoSpillStore : ISpillStore
{
    /// <summary>The one instance.</summary>
    public static NoSpillStore Instance { get; } = new();

    /// <inheritdoc/>
    public bool IsUsable => false;

    /// <inheritdoc/>
    public ISpillFile? Create(out int errno)
    {
        errno = Interop.Errno.EOPNOTSUPP;
        return null;
    }
}
