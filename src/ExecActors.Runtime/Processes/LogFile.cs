using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>The spill file of one log: made by the first job that writes to it, closed by whoever comes last.</summary>
/// <remarks>Workers use it, its actor disposes it. All calls but the constructor may block.</remarks>
internal sealed class LogFile(ISpillStore store) : IDisposable
{
    private const int EBADF = 9;

    private ISpillFile? _file;
    private int _disposed;

    /// <summary>Does what a batch says. One call at a time.</summary>
    /// <returns>0, or the errno.</returns>
    public int Write(SpillBatch batch)
    {
        var file = Volatile.Read(ref _file);
        if (file is null)
        {
            file = store.Create(out var errno);
            if (file is null)
            {
                return errno;
            }

            Volatile.Write(ref _file, file);
            if (Volatile.Read(ref _disposed) != 0)
            {
                Close(); // the actor has gone meanwhile and found nothing to close
                return EBADF;
            }
        }

        foreach (var (offset, length) in Ranges(batch.FreeFrom, batch.FreeTo, batch.Circle))
        {
            _ = file.Free(offset, length); // where that cannot be done the space is taken until the file is closed, and at most the circle
        }

        return batch.Parts.Length == 0 ? 0 : file.Write(batch.Parts, batch.From % batch.Circle);
    }

    /// <summary>Reads the bytes between two positions.</summary>
    /// <returns>0, or the errno.</returns>
    public int Read(Span<byte> buffer, long from, long circle)
    {
        var file = Volatile.Read(ref _file);
        if (file is null)
        {
            return EBADF;
        }

        foreach (var (offset, length) in Ranges(from, from + buffer.Length, circle))
        {
            if (file.Read(buffer[..(int)length], offset) is not 0 and var errno)
            {
                return errno;
            }

            buffer = buffer[(int)length..];
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref _disposed, 1);
        Close();
    }

    private void Close() => Interlocked.Exchange(ref _file, value: null)?.Dispose();

    // A range of positions is one range of the file, or two where it goes round.
    private static IEnumerable<(long Offset, long Length)> Ranges(long from, long to, long circle)
    {
        while (from < to)
        {
            var offset = from % circle;
            var length = Math.Min(to - from, circle - offset);
            yield return (offset, length);
            from += length;
        }
    }
}
