using ExecActors.Platform;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Processes;

/// <summary>What one number of the log stands for.</summary>
internal enum OutputRecordKind
{
    /// <summary>Bytes from a stream.</summary>
    Chunk,

    /// <summary>The leader ended.</summary>
    Exit,

    /// <summary>The leader and all streams ended; the last number.</summary>
    Close,
}

/// <summary>One numbered record.</summary>
/// <param name="Sequence">Its number, from 1 without gaps.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Stream">Where the bytes of a chunk came from.</param>
/// <param name="Segment">What holds the bytes; null when there are none.</param>
/// <param name="Offset">Where they start in it.</param>
/// <param name="Length">How many they are.</param>
internal readonly record struct OutputRecord(
    ulong Sequence, OutputRecordKind Kind, OutputStreamKind Stream, OutputSegment? Segment, int Offset, int Length)
{
    /// <summary>The bytes; good until the record is evicted.</summary>
    public ReadOnlySpan<byte> Bytes => Segment is null ? [] : Segment.Bytes.Slice(Offset, Length);
}

/// <summary>Memory shared by consecutive records; given back when the last of them is evicted.</summary>
internal sealed class OutputSegment(ByteLease lease, int used)
{
    /// <summary>Bytes filled so far.</summary>
    public int Used { get; private set; } = used;

    /// <summary>Records that still point here.</summary>
    public int Records { get; set; }

    /// <summary>Bytes that still fit.</summary>
    public int Room => lease.Array.Length - Used;

    /// <summary>The filled bytes.</summary>
    public ReadOnlySpan<byte> Bytes => lease.Array.AsSpan(0, Used);

    /// <summary>Appends bytes that fit.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var offset = Used;
        bytes.CopyTo(lease.Array.AsSpan(offset));
        Used += bytes.Length;
        return offset;
    }

    /// <summary>Gives the memory back.</summary>
    public void Free() => lease.Dispose();
}

/// <summary>
/// The append-only numbered record of everything a process put out: chunks, then exit, then close (design section 5). Live notifications and
/// process/read are cursors on it: plain sequence numbers.
/// </summary>
/// <remarks>
/// Owned by one ProcessActor. Holds the newest records in memory; <see cref="Evict"/> drops the oldest beyond the ring, and is the one place
/// behind which a spill file would take them. A big read becomes a segment as it is, without a copy; small ones are gathered into the last
/// segment, so that a byte-wise writer does not pin a buffer per byte.
/// </remarks>
internal sealed class OutputLog(int ringBytes) : IDisposable
{
    private const int SegmentBytes = 32 * 1024;
    private const int FirstSegmentBytes = 1024; // most processes print a line or two; segments grow with what is held
    private const int AdoptFrom = SegmentBytes / 2;

    private readonly IndexedQueue<OutputRecord> _records = new();
    private OutputSegment? _tail;

    /// <summary>The number the next record gets.</summary>
    public ulong NextSequence { get; private set; } = 1;

    /// <summary>The oldest number still here; equal to <see cref="NextSequence"/> when none is.</summary>
    public ulong FirstSequence => NextSequence - (ulong)_records.Count;

    /// <summary>Payload bytes held.</summary>
    public long RetainedBytes { get; private set; }

    /// <summary>Appends a chunk; takes over the lease.</summary>
    public void Append(OutputStreamKind stream, ByteLease bytes)
    {
        var length = bytes.Length;
        int offset;
        OutputSegment segment;
        if (length >= AdoptFrom)
        {
            segment = new OutputSegment(bytes, length);
            offset = 0;
            SealTail();
        }
        else
        {
            if (_tail is null || _tail.Room < length)
            {
                SealTail();
                var room = (int)Math.Clamp(RetainedBytes, Math.Max(length, FirstSegmentBytes), SegmentBytes);
                _tail = new OutputSegment(ByteLease.Rent(room), used: 0);
            }

            segment = _tail;
            offset = segment.Append(bytes.Span);
            bytes.Dispose();
        }

        segment.Records++;
        RetainedBytes += length;
        Add(new OutputRecord(NextSequence, OutputRecordKind.Chunk, stream, segment, offset, length));
    }

    /// <summary>Numbers the exit.</summary>
    public void AppendExit() => Add(new OutputRecord(NextSequence, OutputRecordKind.Exit, default, Segment: null, 0, 0));

    /// <summary>Numbers the close. Nothing is appended after it.</summary>
    public void AppendClose()
    {
        SealTail();
        Add(new OutputRecord(NextSequence, OutputRecordKind.Close, default, Segment: null, 0, 0));
    }

    /// <summary>The record with that number. False when it was dropped or does not exist yet.</summary>
    public bool TryGet(ulong sequence, out OutputRecord record)
    {
        if (sequence < FirstSequence || sequence >= NextSequence)
        {
            record = default;
            return false;
        }

        record = _records[(int)(sequence - FirstSequence)];
        return true;
    }

    /// <summary>Drops the oldest records while more than the ring is held, but none that is still needed.</summary>
    /// <param name="neededFrom">The lowest number that must stay: what an attached client has not been sent yet.</param>
    public void Evict(ulong neededFrom)
    {
        while (RetainedBytes > ringBytes && _records.Count > 0 && _records[0].Sequence < neededFrom)
        {
            DropOldest();
        }
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        SealTail();
        while (_records.Count > 0)
        {
            DropOldest();
        }
    }

    private void Add(in OutputRecord record)
    {
        _records.Enqueue(record);
        NextSequence++;
    }

    private void DropOldest()
    {
        var record = _records.Dequeue();
        RetainedBytes -= record.Length;
        if (record.Segment is { } segment && --segment.Records == 0 && segment != _tail)
        {
            segment.Free();
        }
    }

    private void SealTail()
    {
        if (_tail is { Records: 0 } empty)
        {
            empty.Free();
        }

        _tail = null;
    }
}
