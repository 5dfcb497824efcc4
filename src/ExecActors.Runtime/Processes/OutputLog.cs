using ExecActors.Platform;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Processes;

/// <summary>How much one log keeps.</summary>
/// <param name="RingBytes">Payload kept in memory before the spill file takes over.</param>
/// <param name="SpillBytes">Payload kept in the spill file; not more than the ring means none.</param>
/// <param name="Records">Numbers kept, however short what they stand for.</param>
internal readonly record struct OutputBounds(int RingBytes, long SpillBytes, int Records);

/// <summary>
/// The append-only numbered record of everything a process put out: chunks, then exit, then close (design section 5). Live notifications and
/// process/read are cursors on it: plain sequence numbers.
/// </summary>
/// <remarks>
/// Plain state of one ProcessActor; it does no file work itself, but says what is to be written (<c>OutputLog.Spill.cs</c>). Bytes have positions,
/// counted from the first; records are marks on them, memory segments and the file hold them. The oldest records go in <see cref="Evict"/> only.
/// A big read becomes a segment as it is, without a copy; others are gathered, so that memory taken stays below twice the bytes held.
/// </remarks>
internal sealed partial class OutputLog : IDisposable
{
    /// <summary>A chunk that nobody was shown grows up to this when more of its stream follows: a byte-wise writer must not fill the log with marks.</summary>
    public const int GatherBytes = 4 * 1024;

    private const int SegmentBytes = 64 * 1024;
    private const int FirstSegmentBytes = 1024; // most processes print a line or two; segments grow with what is held

    private readonly OutputBounds _bounds;
    private readonly IndexedQueue<OutputMark> _marks = new();
    private readonly IndexedQueue<OutputSegment> _segments = new();
    private OutputSegment? _tail;
    private int _ringLimit;

    /// <summary>An empty log.</summary>
    /// <param name="bounds">How much it keeps.</param>
    /// <param name="canSpill">Whether there may be a file.</param>
    public OutputLog(OutputBounds bounds, bool canSpill)
    {
        _bounds = bounds;
        _ringLimit = bounds.RingBytes;
        _spillLimit = bounds.SpillBytes;
        Spills = canSpill && bounds.SpillBytes > bounds.RingBytes;
    }

    /// <summary>The number the next record gets.</summary>
    public ulong NextSequence { get; private set; } = 1;

    /// <summary>The oldest number still here; equal to <see cref="NextSequence"/> when none is.</summary>
    public ulong FirstSequence => NextSequence - (ulong)_marks.Count;

    /// <summary>Bytes of output so far.</summary>
    public long End { get; private set; }

    /// <summary>The position of the oldest byte still here.</summary>
    public long FirstPosition => _marks.Count > 0 ? _marks[0].Position : End;

    /// <summary>Payload bytes held, in memory or in the file.</summary>
    public long RetainedBytes => End - FirstPosition;

    /// <summary>The position from which on bytes are in memory.</summary>
    public long MemoryFrom => _segments.Count > 0 ? Math.Max(_segments[0].Start, FirstPosition) : End;

    /// <summary>Memory taken for output, filled or not, in bytes.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Payload kept in memory now; see <see cref="Limit"/>.</summary>
    public int RingLimit => _ringLimit;

    private long RetainedLimit => Spills ? _spillLimit : _ringLimit;

    /// <summary>Appends output; takes over the lease.</summary>
    /// <param name="stream">Where it came from.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="shownTo">The highest number that anybody was shown: those above may still grow.</param>
    public void Append(OutputStreamKind stream, ByteLease bytes, ulong shownTo)
    {
        var length = bytes.Length;
        if (shownTo + 1 < NextSequence && MayGather(stream, length))
        {
            _tail!.Append(bytes.Span);
            End += length;
            bytes.Dispose();
            return;
        }

        var mark = OutputMark.Chunk(End, stream);
        if (length * 4L >= bytes.Array.Length * 3L && length >= SegmentBytes / 2)
        {
            AddSegment(new OutputSegment(bytes, End, length));
            _tail = null;
        }
        else
        {
            if (_tail is null || _tail.Room < length)
            {
                var room = (int)Math.Max(length, Math.Clamp(RetainedBytes, FirstSegmentBytes, SegmentBytes));
                _tail = new OutputSegment(ByteLease.Rent(room), End, used: 0);
                AddSegment(_tail);
            }

            _tail.Append(bytes.Span);
            bytes.Dispose();
        }

        End += length;
        Add(mark);
    }

    /// <summary>Numbers the exit.</summary>
    public void AppendExit() => Add(OutputMark.Exit(End));

    /// <summary>Numbers the close. Nothing is appended after it.</summary>
    public void AppendClose() => Add(OutputMark.Close(End));

    /// <summary>The record with that number. False when it was dropped or does not exist yet.</summary>
    public bool TryGet(ulong sequence, out OutputRecord record)
    {
        if (sequence < FirstSequence || sequence >= NextSequence)
        {
            record = default;
            return false;
        }

        var mark = _marks[(int)(sequence - FirstSequence)];
        record = new OutputRecord(sequence, mark.Kind, mark.Stream, mark.Position, (int)(PositionOf(sequence + 1) - mark.Position));
        return true;
    }

    /// <summary>The bytes of a record, good until the log changes. False when they are in the file only.</summary>
    public bool TryBytes(in OutputRecord record, out ReadOnlySpan<byte> bytes)
    {
        bytes = [];
        if (record.Length == 0)
        {
            return true;
        }

        // The segment with the last start that is not beyond the record: those asked for are mostly at the end.
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].Start <= record.Position)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        if (high < 0 || _segments[low].Start > record.Position)
        {
            return false;
        }

        bytes = _segments[low].Slice(record.Position, record.End).Span;
        return true;
    }

    /// <summary>Where the record with that number begins; that of the oldest or after the newest for a number outside.</summary>
    public long PositionOf(ulong sequence)
    {
        if (sequence >= NextSequence)
        {
            return End;
        }

        return sequence < FirstSequence ? FirstPosition : _marks[(int)(sequence - FirstSequence)].Position;
    }

    /// <summary>The lowest number from which on all before <paramref name="cursor"/> made at most so many bytes on the wire.</summary>
    /// <param name="cursor">A number.</param>
    /// <param name="wireBytes">Bytes of notifications, base64 and envelope included.</param>
    public ulong BackFrom(ulong cursor, long wireBytes)
    {
        var end = PositionOf(cursor);
        var (low, high) = (Math.Min(FirstSequence, cursor), cursor);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (WireSize.Of(end - PositionOf(middle), (long)(cursor - middle)) <= wireBytes)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Whether what has to stay from a number on leaves no room for more.</summary>
    public bool IsFull(ulong neededFrom) =>
        End - PositionOf(neededFrom) >= RetainedLimit || NextSequence - Math.Max(neededFrom, FirstSequence) >= (ulong)_bounds.Records;

    /// <summary>Drops the oldest records while more is held than the bounds allow, but none that is still needed, and memory that the file has taken over.</summary>
    /// <param name="neededFrom">The lowest number that must stay.</param>
    /// <param name="liveFrom">The lowest number that must stay in memory: what an attached client has not been sent yet.</param>
    public void Evict(ulong neededFrom, ulong liveFrom)
    {
        var stop = Math.Min(neededFrom, _pinnedFrom);
        while (_marks.Count > 0 && FirstSequence < stop && (RetainedBytes > RetainedLimit || _marks.Count > _bounds.Records))
        {
            _marks.Dequeue();
        }

        FreeMemory(Math.Min(PositionOf(liveFrom), _pinnedMemory));
    }

    /// <summary>Gives all memory back, but what a worker may still be writing.</summary>
    public void Dispose()
    {
        while (_segments.Count > 0)
        {
            var segment = _segments.Dequeue();
            if (!_writing)
            {
                segment.Free();
            }
        }

        _tail = null;
    }

    private bool MayGather(OutputStreamKind stream, int length)
    {
        if (_tail is null || _tail.Room < length || _marks.Count == 0)
        {
            return false;
        }

        var last = _marks[_marks.Count - 1];
        return last.Kind == OutputRecordKind.Chunk && last.Stream == stream
            && last.Position >= _tail.Start && End - last.Position + length <= GatherBytes;
    }

    private void Add(OutputMark mark)
    {
        _marks.Enqueue(mark);
        NextSequence++;
    }

    private void AddSegment(OutputSegment segment)
    {
        _segments.Enqueue(segment);
        MemoryBytes += segment.Capacity;
    }

    // Whole segments, from the oldest on: of records that are gone, and, where the file has them, of those beyond the ring.
    private void FreeMemory(long keepFrom)
    {
        while (_segments.Count > 0)
        {
            var oldest = _segments[0];
            var gone = oldest.End <= FirstPosition;
            var beyondRing = Spills && oldest.End <= keepFrom && End - oldest.End >= _ringLimit;
            if (oldest == _tail || !(gone || beyondRing) || (Spills && oldest.End > WrittenTo))
            {
                return;
            }

            _segments.Dequeue();
            MemoryBytes -= oldest.Capacity;
            oldest.Free();
        }
    }
}
