using System.Buffers;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;

using ZstdSharp;

namespace ExecActors.Runtime.Http;

/// <summary>Decodes zstd: all frames, one after the other; those to skip are skipped.</summary>
/// <remarks>The other server chooses how much memory its frames take. What a frame needs is taken from a budget before the decoder sees the frame.</remarks>
/// <param name="input">The body; it stays its owner's.</param>
/// <param name="memory">Counts the decoder's memory; disposed by its owner after the decoder.</param>
internal sealed class ZstdDecoder(Stream input, ByteShare memory) : SequentialStream
{
    /// <summary>Largest window that is decoded: what RFC 9659 has as the most for a body on the web.</summary>
    public const int LargestWindow = 8 * 1024 * 1024;

    private const int InputBytes = 16 * 1024;

    private readonly Decompressor _zstd = new();
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(InputBytes);
    private int _start;
    private int _end;
    private ulong _window; // counted
    private bool _isInFrame;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="ZstdException">It is not zstd.</exception>
    /// <exception cref="InvalidDataException">A frame needs too large a window.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    /// <exception cref="BudgetSpentException">There is no memory for the window.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if ((_isInFrame || BeginFrame()) && Decode(buffer.Span) is > 0 and var written)
            {
                return written;
            }

            // Inside of a frame all input is used up; between two, the next one's head is not there as a whole.
            if ((_isInFrame ? _start == _end : !HasHead()) && !await FillAsync(cancellationToken))
            {
                return _isInFrame || _start < _end ? throw new EndOfStreamException("the body ends inside of a zstd frame") : 0;
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing may block");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a response body is only read; ask CanWrite first");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _zstd.Dispose();
            ArrayPool<byte>.Shared.Return(_input);
        }

        base.Dispose(disposing);
    }

    private bool HasHead() => ZstdFrameHead.Window(_input.AsSpan(_start, _end - _start)) is not null;

    private bool BeginFrame()
    {
        if (ZstdFrameHead.Window(_input.AsSpan(_start, _end - _start)) is not { } window)
        {
            return false;
        }

        if (window > LargestWindow)
        {
            throw new InvalidDataException($"a zstd frame needs a window of {window} bytes, beyond {LargestWindow}");
        }

        if (window > _window)
        {
            if (!memory.TryGrow((long)(window - _window)))
            {
                throw new BudgetSpentException();
            }

            _window = window;
        }

        _isInFrame = true;
        return true;
    }

    private int Decode(Span<byte> output)
    {
        var status = _zstd.UnwrapStream(_input.AsSpan(_start, _end - _start), output, out var consumed, out var written);
        var isStuck = consumed == 0 && written == 0 && _start < _end && status != OperationStatus.Done;
        if (status == OperationStatus.InvalidData || isStuck)
        {
            throw new InvalidDataException("a zstd frame is broken");
        }

        _start += consumed;
        _isInFrame = status != OperationStatus.Done;
        return written;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        var read = await input.ReadAsync(_input.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
