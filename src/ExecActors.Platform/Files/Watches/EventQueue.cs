using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What one watch has not read yet: whole inotify records, as many as the kernel would keep. Beyond, records are dropped, and the reader is told.</summary>
/// <remarks>Written by the reactor's thread, read by any one other. The lock is held for a copy.</remarks>
internal sealed class EventQueue
{
    private const int BlockBytes = 16 * 1024;
    private const int MostBytes = 1024 * 1024;
    private const int MostRecords = 16 * 1024 - 1; // the kernel's own bound, with the word that it was reached

    private readonly Lock _gate = new(); // for everything below
    private readonly Queue<Block> _blocks = new();
    private Block? _last;
    private int _records;
    private int _bytes;
    private bool _lost;
    private bool _armed;

    /// <summary>Adds the record that <paramref name="happened"/> stands at, unless it is the same as the last one.</summary>
    /// <returns>Whether the reader is to be told.</returns>
    public bool Add(INotifyEvents happened)
    {
        var record = happened.Record;
        lock (_gate)
        {
            if ((happened.Mask & Libc.IN_Q_OVERFLOW) != 0 || _records >= MostRecords || _bytes + record.Length > MostBytes)
            {
                _lost = true;
            }
            else if (_last?.EndsWith(record) != true)
            {
                if (_last?.TryAdd(record) != true)
                {
                    _last = new Block(new byte[BlockBytes]);
                    _last.TryAdd(record);
                    _blocks.Enqueue(_last);
                }

                _records++;
                _bytes += record.Length;
            }

            return TakeArmed();
        }
    }

    /// <summary>The reader wants to be told of the next record.</summary>
    /// <returns>Whether it is to be told at once.</returns>
    public bool Arm()
    {
        lock (_gate)
        {
            _armed = true;
            return (_blocks.Count > 0 || _lost) && TakeArmed();
        }
    }

    /// <summary>Takes some records, the oldest first.</summary>
    /// <param name="records">Whole records; empty when there are none.</param>
    /// <param name="lost">Whether, behind these, there is nothing but what was dropped.</param>
    /// <returns>Whether there was anything.</returns>
    public bool TryTake(out ReadOnlySpan<byte> records, out bool lost)
    {
        lock (_gate)
        {
            records = default;
            var isAny = _blocks.TryDequeue(out var block);
            if (isAny)
            {
                records = block!.Records;
                _records -= block.Count;
                _bytes -= records.Length;
                _last = block == _last ? null : _last;
            }

            lost = _lost && _blocks.Count == 0;
            _lost &= !lost;
            return isAny || lost;
        }
    }

    private bool TakeArmed()
    {
        var armed = _armed;
        _armed = false;
        return armed;
    }

    private sealed class Block(byte[] bytes)
    {
        private int _length;
        private int _lastLength;

        public int Count { get; private set; }

        public ReadOnlySpan<byte> Records => bytes.AsSpan(0, _length);

        public bool EndsWith(ReadOnlySpan<byte> record) => bytes.AsSpan(_length - _lastLength, _lastLength).SequenceEqual(record);

        public bool TryAdd(ReadOnlySpan<byte> record)
        {
            if (_length + record.Length > bytes.Length)
            {
                return false;
            }

            record.CopyTo(bytes.AsSpan(_length));
            _length += record.Length;
            _lastLength = record.Length;
            Count++;
            return true;
        }
    }
}
