using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>What one job of a worker does to the file. Positions are those of the log; the file is a circle of <paramref name="Circle"/> bytes.</summary>
/// <param name="From">The position of the first byte.</param>
/// <param name="To">The position after the last.</param>
/// <param name="Parts">The bytes; the log keeps them as they are until the job is answered.</param>
/// <param name="FreeFrom">Where a range begins whose disk space is given back first.</param>
/// <param name="FreeTo">Where that range ends; equal to <paramref name="FreeFrom"/> for none.</param>
/// <param name="Circle">Size of the file.</param>
internal sealed record SpillBatch(long From, long To, ReadOnlyMemory<byte>[] Parts, long FreeFrom, long FreeTo, long Circle);

/// <content>
/// The way into the file. It is made when the ring first overflows; from then on every byte goes there, in order, at its position modulo the
/// size, so that no record needs a note of where it is. One batch is under way at a time.
/// </content>
internal sealed partial class OutputLog
{
    /// <summary>Bytes worth a job of their own.</summary>
    public const int BatchBytes = 512 * 1024;

    private const int MostBatchBytes = 4 * 1024 * 1024;
    private const int MostFreeBytes = 4 * 1024 * 1024;
    private const int FreeSteps = 4;
    private const int PageBytes = 4096;

    private long _spillLimit;
    private long _spilledTo;
    private long _fileFrom; // the lowest position that may take up disk space
    private bool _writing;
    private ulong _pinnedFrom = ulong.MaxValue;
    private long _pinnedMemory = long.MaxValue;

    /// <summary>Whether output that does not fit into the ring goes to a file. It may begin as false, and become so for good by <see cref="Degrade"/>.</summary>
    public bool Spills { get; private set; }

    /// <summary>Size of the file, in bytes.</summary>
    public long Circle => _bounds.SpillBytes;

    /// <summary>Disk space taken, in bytes.</summary>
    public long FileBytes => _spilledTo - _fileFrom;

    /// <summary>Bytes that have to stay in memory although the ring is full, since the file has not taken them or a read needs them.</summary>
    public long PendingBytes
    {
        get
        {
            if (!Spills || _segments.Count == 0)
            {
                return 0;
            }

            var beyond = Math.Max(0, End - _segments[0].Start - _ringLimit);
            return _pinnedFrom == ulong.MaxValue ? Math.Min(beyond, End - WrittenTo) : beyond;
        }
    }

    // Before it, nobody needs the memory any more for the file: neither now nor for a batch to come.
    private long WrittenTo => _writing ? _spilledTo : Math.Max(_spilledTo, FirstPosition);

    /// <summary>What is to be done to the file now. False when there is nothing, or a batch is under way. Answered by <see cref="Written"/> or <see cref="Degrade"/>.</summary>
    public bool TryTakeBatch(out SpillBatch? batch)
    {
        batch = null;
        if (!Spills || _writing)
        {
            return false;
        }

        // Never cleared when the whole circle is used: there, what is written takes the place of what went.
        var isLimited = _spillLimit < _bounds.SpillBytes;
        var freeTo = isLimited ? Math.Max(_fileFrom, WholeSteps(Math.Clamp(FirstPosition, _fileFrom, _spilledTo))) : _fileFrom;
        var from = WrittenTo;
        var to = from;
        if (End - MemoryFrom > _ringLimit && End - from >= Math.Min(BatchBytes, _ringLimit / 2))
        {
            var wrap = ((from / _bounds.SpillBytes) + 1) * _bounds.SpillBytes;
            to = Math.Max(from, Math.Min(Math.Min(End, wrap), Math.Min(FirstPosition + _bounds.SpillBytes, from + MostBatchBytes)));
        }

        var parts = Parts(from, ref to);
        if (parts.Length == 0 && freeTo == _fileFrom)
        {
            return false;
        }

        _writing = true;
        batch = new SpillBatch(from, to, parts, _fileFrom, freeTo, _bounds.SpillBytes);
        return true;
    }

    /// <summary>The disk space that will be taken once a batch is done.</summary>
    public static long FileBytesAfter(SpillBatch batch) => Math.Min(batch.Circle, batch.To - batch.FreeTo);

    /// <summary>The batch is not carried out; what it held stays where it was.</summary>
    public void GiveUpBatch() => _writing = false;

    /// <summary>A batch is done.</summary>
    public void Written(SpillBatch batch)
    {
        _writing = false;
        if (batch.Parts.Length > 0)
        {
            _spilledTo = batch.To;
        }

        // A gap in the file, left by what went before it could be written, takes no space; to count it keeps the arithmetic simple.
        _fileFrom = Math.Max(Math.Max(_fileFrom, batch.FreeTo), _spilledTo - batch.Circle);
    }

    /// <summary>The file fails: what is in memory stays, what is in the file only is dropped. From now on there is the ring.</summary>
    public void Degrade()
    {
        _writing = false;
        Spills = false;
        _pinnedFrom = ulong.MaxValue;
        _pinnedMemory = long.MaxValue;
        var from = _segments.Count > 0 ? _segments[0].Start : End;
        while (_marks.Count > 0 && _marks[0].Position < from)
        {
            _marks.Dequeue();
        }

        _spilledTo = _fileFrom = End;
    }

    /// <summary>
    /// Keeps records from a number on while a worker reads their bytes from the file up to <see cref="MemoryFrom"/>, and from there on in memory.
    /// </summary>
    public void Pin(ulong from)
    {
        _pinnedFrom = from;
        _pinnedMemory = MemoryFrom;
    }

    /// <summary>Ends <see cref="Pin"/>.</summary>
    public void Unpin()
    {
        _pinnedFrom = ulong.MaxValue;
        _pinnedMemory = long.MaxValue;
    }

    /// <summary>Keeps less than the bounds allow, or as much again. What is beyond goes at the next <see cref="Evict"/>.</summary>
    /// <param name="ringBytes">Payload in memory.</param>
    /// <param name="spillBytes">Payload in the file; not less than the ring. Its disk space may be a quarter more, as it is given back in large steps.</param>
    public void Limit(int ringBytes, long spillBytes)
    {
        _ringLimit = Math.Min(ringBytes, _bounds.RingBytes);
        _spillLimit = Math.Min(Math.Max(spillBytes, _ringLimit), _bounds.SpillBytes);
    }

    // To give space back costs the more the more often it is done, and most at the edges, where the file system clears the rest of a page.
    private long WholeSteps(long position)
    {
        var step = Math.Min(MostFreeBytes, _spillLimit / FreeSteps) / PageBytes * PageBytes;
        return step == 0 ? position : position - (position % step);
    }

    // The memory between two positions; the end comes nearer when that would be too many parts.
    private ReadOnlyMemory<byte>[] Parts(long from, ref long to)
    {
        if (to <= from)
        {
            return [];
        }

        var parts = new List<ReadOnlyMemory<byte>>(SpillFile.MaxParts);
        for (var i = 0; i < _segments.Count && parts.Count < SpillFile.MaxParts && _segments[i].Start < to; i++)
        {
            var segment = _segments[i];
            if (segment.End > from)
            {
                parts.Add(segment.Slice(Math.Max(from, segment.Start), Math.Min(to, segment.End)));
            }
        }

        to = from + parts.Sum(part => (long)part.Length);
        return [.. parts];
    }
}
