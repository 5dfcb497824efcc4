using ExecActors.Platform;

namespace ExecActors.Runtime.Connections;

/// <summary>Joins received pieces to whole frames. Pure: no I/O, one thread at a time; wherever the pieces are cut, the frames are the same.</summary>
internal abstract class FrameAssembler(int maxBytes) : IDisposable
{
    /// <summary>Longest frame, in bytes.</summary>
    public int MaxBytes { get; set; } = maxBytes;

    /// <summary>Whether a frame grew past the limit; nothing more comes out then.</summary>
    public bool IsTooLong { get; protected set; }

    /// <summary>Bytes of the message that comes, as far as its frames have said; 0 where nothing says so.</summary>
    public virtual long Announced => 0;

    /// <summary>What counts the message that comes; it goes with the frame.</summary>
    public IDisposable? Count { get; set; }

    /// <summary>Takes no more of the message that comes.</summary>
    public void Refuse() => IsTooLong = true;

    /// <summary>Whether to wait for data with an empty buffer first, since no memory is held between frames.</summary>
    public abstract bool HoldsNothing { get; }

    /// <summary>For transports that mark frames themselves.</summary>
    public static FrameAssembler For(FrameDelimiter delimiter, int bufferBytes, int maxBytes) => delimiter switch
    {
        FrameDelimiter.Message => new MessageAssembler(bufferBytes, maxBytes),
        FrameDelimiter.Newline => new LineAssembler(bufferBytes, maxBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(delimiter), delimiter, message: null),
    };

    /// <summary>Where to receive next.</summary>
    public abstract Memory<byte> GetBuffer();

    /// <summary>That many bytes were received into the buffer, and so many are expected to follow in the same frame, if that is known.</summary>
    public abstract void Advance(int count, bool endOfFrame, long expected = 0);

    /// <summary>Takes the next whole frame; the caller owns it.</summary>
    public abstract bool TryTake(out ByteLease frame);

    /// <summary>At the end of input: takes what came last, if it is a frame without its delimiter; the caller owns it.</summary>
    public virtual bool TryTakeLast(out ByteLease frame)
    {
        frame = null!;
        return false;
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The transport says where a message ends; pieces are received straight into the frame.</summary>
internal sealed class MessageAssembler(int bufferBytes, int maxBytes) : FrameAssembler(maxBytes)
{
    /// <summary>Memory given on the peer's word that so much will follow, in bytes. More is given as it comes.</summary>
    private const int MostOnTrust = 128 * 1024;

    private byte[]? _array;
    private int _length;
    private long _expected;
    private bool _complete;

    /// <inheritdoc/>
    public override bool HoldsNothing => _array is null;

    /// <inheritdoc/>
    public override long Announced => _length + _expected;

    /// <inheritdoc/>
    public override Memory<byte> GetBuffer()
    {
        _array ??= BytePool.Rent((int)Math.Max(bufferBytes, Math.Min(_expected, MostOnTrust)));
        if (_length == _array.Length)
        {
            // One byte over the limit is enough to notice.
            var larger = BytePool.Rent((int)Math.Min(_array.Length * 2L, (long)MaxBytes + 1));
            _array.AsSpan(0, _length).CopyTo(larger);
            BytePool.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override void Advance(int count, bool endOfFrame, long expected = 0)
    {
        _length += count;
        _expected = expected;
        _complete = endOfFrame;
        IsTooLong |= _length + expected > MaxBytes; // the head of a frame says so before its bytes have come
    }

    /// <inheritdoc/>
    public override bool TryTake(out ByteLease frame)
    {
        if (!_complete || IsTooLong)
        {
            frame = null!;
            return false;
        }

        frame = ByteLease.Adopt(_array ?? [], _length, Count);
        Count = null;
        _array = null;
        _length = 0;
        _expected = 0;
        _complete = false;
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_array is not null)
        {
            BytePool.Return(_array);
            _array = null;
        }
    }
}

/// <summary>One frame a line; blank lines are skipped, white space around a frame is cut off (protocol section 1.2).</summary>
internal sealed class LineAssembler(int bufferBytes, int maxBytes) : FrameAssembler(maxBytes)
{
    private byte[] _array = BytePool.Rent(bufferBytes);
    private int _start;
    private int _scanned;
    private int _end;

    /// <inheritdoc/>
    public override bool HoldsNothing => false;

    /// <inheritdoc/>
    public override Memory<byte> GetBuffer()
    {
        if (_start > 0)
        {
            _array.AsSpan(_start, _end - _start).CopyTo(_array);
            _scanned -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _array.Length)
        {
            var larger = BytePool.Rent((int)Math.Min(_array.Length * 2L, (long)MaxBytes + 1));
            _array.AsSpan(0, _end).CopyTo(larger);
            BytePool.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_end);
    }

    /// <inheritdoc/>
    public override void Advance(int count, bool endOfFrame, long expected = 0) => _end += count;

    /// <inheritdoc/>
    public override bool TryTake(out ByteLease frame)
    {
        while (!IsTooLong)
        {
            var newline = _array.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n');
            if (newline < 0)
            {
                _scanned = _end;
                IsTooLong = _end - _start > MaxBytes;
                break;
            }

            // Measured as it came, white space included: a line whose end is still to come is measured the same way.
            var length = _scanned + newline - _start;
            var line = Trim(_array.AsSpan(_start, length));
            _start = _scanned + newline + 1;
            _scanned = _start;
            IsTooLong = length > MaxBytes;
            if (!line.IsEmpty && !IsTooLong)
            {
                frame = ByteLease.CopyOf(line);
                return true;
            }
        }

        frame = null!;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryTakeLast(out ByteLease frame)
    {
        var line = Trim(_array.AsSpan(_start, _end - _start));
        _start = _scanned = _end;
        frame = line.IsEmpty || IsTooLong ? null! : ByteLease.CopyOf(line);
        return frame is not null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        BytePool.Return(_array);
        _array = [];
        _start = _scanned = _end = 0;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8);
}
