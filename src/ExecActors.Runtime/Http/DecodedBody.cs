using System.Buffers;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;

using ZstdSharp;

namespace ExecActors.Runtime.Http;

/// <summary>The body of a response, decoded as it is read and never ahead of that.</summary>
/// <remarks>
/// One reader at a time. What the decoder holds is counted among the answers of the client it works for, from the first read until the
/// end, a failure or <see cref="Stream.Dispose()"/>. Disposing is possible at any time: a read under way then gives all back when it ends. The
/// body as it came is not disposed here. A read of nothing waits until there is something to read, in a small buffer of its own.
/// </remarks>
/// <param name="raw">As it came.</param>
/// <param name="coding">How it is compressed.</param>
/// <param name="budget">Counts the decoder's memory.</param>
/// <param name="longest">Most bytes of the compressed body.</param>
internal sealed class DecodedBody(Stream raw, ContentCoding coding, ByteBudget budget, long longest) : SequentialStream
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int GivenUp = 2;
    private const int DecoderBytes = 256 * 1024; // of zstd without its window; of gzip less
    private const int PeekBytes = 8 * 1024;
    private const int TurnBytes = 256 * 1024;

    private readonly ByteShare _memory = new(budget);
    private Stream? _decoder;
    private byte[] _peek = [];
    private int _peekStart;
    private int _peekEnd;
    private int _inTurn;
    private int _use;
    private bool _isOver;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="IOException">The body does not decode, or ends too early.</exception>
    /// <exception cref="BodyTooLongException">There is more of it than there may be.</exception>
    /// <exception cref="BudgetSpentException">There is no memory for a decoder.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Interlocked.CompareExchange(ref _use, Busy, Idle) != Idle, this);
        try
        {
            return buffer.IsEmpty ? await WaitAsync(cancellationToken) : await TakeAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdException)
        {
            throw new IOException($"the body does not decode: {e.Message}", e);
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _use, Idle, Busy) == GivenUp)
            {
                Release();
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
        if (disposing && Interlocked.Exchange(ref _use, GivenUp) == Idle)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        if (_peekStart == _peekEnd && !_isOver)
        {
            _peek = ArrayPool<byte>.Shared.Rent(PeekBytes);
            _peekStart = 0;
            _peekEnd = await DecodeAsync(_peek.AsMemory(0, PeekBytes), cancellationToken);
        }

        return 0;
    }

    private ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_peekStart == _peekEnd)
        {
            ReturnPeek();
            return _isOver ? ValueTask.FromResult(0) : DecodeAsync(buffer, cancellationToken);
        }

        var taken = Math.Min(buffer.Length, _peekEnd - _peekStart);
        _peek.AsMemory(_peekStart, taken).CopyTo(buffer);
        _peekStart += taken;
        if (_peekStart == _peekEnd)
        {
            ReturnPeek();
        }

        return ValueTask.FromResult(taken);
    }

    private async ValueTask<int> DecodeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // A small body may decode to a very large one: others have the thread in between.
        if (_inTurn >= TurnBytes)
        {
            _inTurn = 0;
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
        }

        _decoder ??= Open();
        var read = await _decoder.ReadAsync(buffer, cancellationToken);
        _inTurn += read;
        _isOver = read == 0;
        return read;
    }

    private Stream Open()
    {
        if (!_memory.TryGrow(DecoderBytes))
        {
            throw new BudgetSpentException();
        }

        var input = new CodedInput(raw, longest);
        return coding == ContentCoding.Gzip ? new GzipDecoder(input) : new ZstdDecoder(input, _memory);
    }

    private void Release()
    {
        _decoder?.Dispose();
        _memory.Dispose();
        ReturnPeek();
    }

    private void ReturnPeek()
    {
        if (_peek.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_peek);
            _peek = [];
        }
    }
}
