using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>Memory that holds consecutive bytes of a log.</summary>
/// <param name="lease">The memory; the segment owns it.</param>
/// <param name="start">The log's position of its first byte.</param>
/// <param name="used">Bytes of it that are filled.</param>
internal sealed class OutputSegment(ByteLease lease, long start, int used)
{
    /// <summary>The position of its first byte.</summary>
    public long Start => start;

    /// <summary>The position after its last byte.</summary>
    public long End => start + Used;

    /// <summary>Bytes filled so far.</summary>
    public int Used { get; private set; } = used;

    /// <summary>Bytes that it takes up, filled or not.</summary>
    public int Capacity => lease.Array.Length;

    /// <summary>Bytes that still fit.</summary>
    public int Room => lease.Array.Length - Used;

    /// <summary>Appends bytes that fit. What was filled before stays as it is, so that a worker may write it to a file meanwhile.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(lease.Array.AsSpan(Used));
        Used += bytes.Length;
    }

    /// <summary>Bytes between two positions that lie in it.</summary>
    public ReadOnlyMemory<byte> Slice(long from, long to) => lease.Array.AsMemory((int)(from - start), (int)(to - from));

    /// <summary>Gives the memory back.</summary>
    public void Free() => lease.Dispose();
}
