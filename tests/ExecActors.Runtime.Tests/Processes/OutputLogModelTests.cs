using ExecActors.Platform;
using ExecActors.Runtime.Processes;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.Processes;

/// <summary>The log against a plain model: every byte of the output is a function of its position, so nothing can be exchanged unseen.</summary>
public sealed class OutputLogModelTests
{
    private const int Steps = 250;

    [Property(MaxTest = 60)]
    public void Whatever_happens_each_number_keeps_its_bytes_until_a_stated_gap(int seed)
    {
        using var run = new Run(seed);
        for (var step = 0; step < Steps; step++)
        {
            run.Step();
            run.Check();
        }
    }

    [Fact]
    public void Small_pieces_that_nobody_was_shown_are_gathered_and_those_that_were_shown_stay()
    {
        using var log = new OutputLog(new OutputBounds(64 * 1024, 0, 1024), canSpill: false);
        log.Append(OutputStreamKind.Stdout, ByteLease.CopyOf([1]), shownTo: 0);
        log.Append(OutputStreamKind.Stdout, ByteLease.CopyOf([2]), shownTo: 0);
        log.Append(OutputStreamKind.Stdout, ByteLease.CopyOf([3]), shownTo: 1);
        log.Append(OutputStreamKind.Stderr, ByteLease.CopyOf([4]), shownTo: 1);
        log.Append(OutputStreamKind.Stderr, ByteLease.CopyOf([5]), shownTo: 1);

        var records = new List<string>();
        for (var sequence = log.FirstSequence; log.TryGet(sequence, out var record); sequence++)
        {
            Assert.True(log.TryBytes(record, out var bytes));
            records.Add($"{record.Sequence} {record.Stream} {Convert.ToHexString(bytes)}");
        }

        Assert.Equal(["1 Stdout 0102", "2 Stdout 03", "3 Stderr 0405"], records);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(80)]
    [InlineData(4096)]
    [InlineData(20_000)]
    [InlineData(33_000)]
    [InlineData(50_000)]
    [InlineData(65_536)]
    public void Memory_stays_below_twice_what_is_held(int piece)
    {
        using var log = new OutputLog(new OutputBounds(1 << 20, 0, 1 << 20), canSpill: false);
        while (log.End < 2 << 20)
        {
            var lease = ByteLease.Rent(piece >= 4096 ? 64 * 1024 : piece); // as the reactor reads
            lease.SetLength(piece);
            log.Append(OutputStreamKind.Stdout, lease, shownTo: ulong.MaxValue - 1);
            log.Evict(ulong.MaxValue, ulong.MaxValue);
        }

        Assert.InRange(log.MemoryBytes, log.RetainedBytes, (log.RetainedBytes * 2) + (128 * 1024));
    }

    private sealed class Run : IDisposable
    {
        private readonly Random _random;
        private readonly OutputLog _log;
        private readonly OutputBounds _bounds;
        private readonly byte[] _file;
        private readonly List<OutputStreamKind> _streams = []; // of every byte, by its position
        private readonly Dictionary<ulong, (long Position, int Length)> _shown = [];
        private ulong _shownTo;
        private ulong _first = 1;
        private ulong _pinned = ulong.MaxValue;
        private (long From, long To) _reading;
        private SpillBatch? _batch;
        private bool _closed;

        public Run(int seed)
        {
            _random = new Random(seed);
            _bounds = new OutputBounds(_random.Next(1, 5) * 1000, _random.Next(0, 4) * 10_000, _random.Next(5, 200));
            _log = new OutputLog(_bounds, canSpill: true);
            _file = new byte[_bounds.SpillBytes];
        }

        public void Step()
        {
            switch (_random.Next(20))
            {
                case < 9:
                    Append();
                    break;
                case < 12:
                    Evict();
                    break;
                case < 14:
                    TakeBatch();
                    break;
                case < 16:
                    FinishBatch();
                    break;
                case 16:
                    Show();
                    break;
                case 17 when _random.Next(10) == 0:
                    Fail();
                    break;
                case 18:
                    _log.Limit(_random.Next(500, _bounds.RingBytes + 1), _random.NextInt64(0, _bounds.SpillBytes + 1));
                    break;
                default:
                    ReadOrEndRead();
                    break;
            }
        }

        public void Check()
        {
            Assert.InRange(_log.FirstSequence, _first, _log.NextSequence);
            _first = _log.FirstSequence;
            Assert.True(_pinned >= _first, "a record went while it was read");
            var position = _log.FirstPosition;
            for (var sequence = _first; sequence < _log.NextSequence; sequence++)
            {
                Assert.True(_log.TryGet(sequence, out var record));
                Assert.Equal(position, record.Position);
                position = record.End;
                CheckBytes(record);
                if (_shown.TryGetValue(sequence, out var shown))
                {
                    Assert.Equal(shown, (record.Position, record.Length));
                }
            }

            Assert.Equal(_log.End, position);
            Assert.Equal(_streams.Count, position);
            Assert.False(_log.TryGet(_first - 1, out _));
            Assert.False(_log.TryGet(_log.NextSequence, out _));
        }

        public void Dispose() => _log.Dispose();

        private static byte At(long position) => (byte)(position ^ (position >> 8) ^ (position * 31 >> 16));

        private void CheckBytes(in OutputRecord record)
        {
            var inMemory = _log.TryBytes(record, out var bytes);
            Assert.True(inMemory || _log.Spills, $"{record} is nowhere");
            for (var position = record.Position; position < record.End; position++)
            {
                var found = inMemory ? bytes[(int)(position - record.Position)] : _file[position % _bounds.SpillBytes];
                Assert.Equal(At(position), found);
                Assert.Equal(record.Stream, _streams[(int)position]);
            }
        }

        private void Append()
        {
            if (_closed)
            {
                return;
            }

            switch (_random.Next(100))
            {
                case 0:
                    _log.AppendExit();
                    return;
                case 1 when _random.Next(5) == 0:
                    _log.AppendClose();
                    _closed = true;
                    return;
                default:
                    break;
            }

            var length = _random.Next(3) switch { 0 => _random.Next(1, 5), 1 => _random.Next(1, 300), _ => _random.Next(1, 2000) };
            var stream = (OutputStreamKind)_random.Next(2);
            var lease = ByteLease.Rent(length);
            for (var i = 0; i < length; i++)
            {
                lease.Array[i] = At(_log.End + i);
                _streams.Add(stream);
            }

            lease.SetLength(length);
            _log.Append(stream, lease, _shownTo);
        }

        private void Evict()
        {
            var needed = _random.Next(2) == 0 ? ulong.MaxValue : (ulong)_random.NextInt64((long)_log.NextSequence);
            _log.Evict(needed, liveFrom: _random.Next(2) == 0 ? _log.NextSequence : (ulong)_random.NextInt64((long)_log.NextSequence));
            if (needed == ulong.MaxValue && _pinned == ulong.MaxValue)
            {
                Assert.False(_log.RetainedBytes > (_log.Spills ? _bounds.SpillBytes : _bounds.RingBytes), "the bound of bytes is exceeded");
                Assert.True(_log.NextSequence - _log.FirstSequence <= (ulong)_bounds.Records, "the bound of records is exceeded");
            }
        }

        private void TakeBatch()
        {
            if (_log.TryTakeBatch(out var batch))
            {
                Assert.Null(_batch);
                _batch = batch;
            }
        }

        private void FinishBatch()
        {
            if (_batch is not { } batch)
            {
                return;
            }

            _batch = null;
            if (!_log.Spills)
            {
                return; // of a file that has failed meanwhile
            }

            if (_random.Next(30) == 0)
            {
                _log.Degrade();
                EndRead();
                return;
            }

            for (var freed = batch.FreeFrom; freed < batch.FreeTo; freed++)
            {
                _file[freed % batch.Circle] = 0;
            }

            var position = batch.From;
            foreach (var part in batch.Parts)
            {
                for (var i = 0; i < part.Length; i++)
                {
                    _file[position++ % batch.Circle] = part.Span[i];
                }
            }

            Assert.Equal(batch.To, position);
            _log.Written(batch);
            Assert.InRange(_log.FileBytes, 0, _bounds.SpillBytes);
        }

        private void Show()
        {
            _shownTo = _log.NextSequence - 1;
            if (_log.TryGet(_shownTo, out var record))
            {
                _shown[_shownTo] = (record.Position, record.Length);
            }
        }

        private void Fail()
        {
            _log.Degrade();
            EndRead();
        }

        private void ReadOrEndRead()
        {
            if (_pinned != ulong.MaxValue)
            {
                _log.Unpin();
                EndRead();
            }
            else if (_log.Spills && _log.FirstSequence < _log.NextSequence)
            {
                _pinned = _log.FirstSequence + (ulong)_random.NextInt64((long)(_log.NextSequence - _log.FirstSequence));
                _reading = (_log.PositionOf(_pinned), _log.MemoryFrom);
                _log.Pin(_pinned);
            }
        }

        // Until a read ends the file has its bytes, and memory those behind them.
        private void EndRead()
        {
            if (_pinned == ulong.MaxValue)
            {
                return;
            }

            _pinned = ulong.MaxValue;
            if (_log.Spills)
            {
                Assert.True(_log.MemoryFrom <= Math.Max(_reading.From, _reading.To), "memory went while it was read");
                for (var position = _reading.From; position < _reading.To; position++)
                {
                    Assert.Equal(At(position), _file[position % _bounds.SpillBytes]);
                }
            }
        }
    }
}
