using ExecActors.Platform;

namespace ExecActors.Runtime.Http;

/// <summary>A compressed body on its way to its decoder.</summary>
/// <remarks>
/// A body may be long and decode to nothing (empty members, skippable frames): then no read of the decoder returns. So its bytes are bounded
/// here as well, and the thread is left to others now and then.
/// </remarks>
/// <param name="raw">The body as it comes; not disposed.</param>
/// <param name="longest">Its most bytes.</param>
internal sealed class CodedInput(Stream raw, long longest) : SequentialStream
{
    private const int TurnBytes = 64 * 1024;

    private long _fed;
    private int _inTurn;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="BodyTooLongException">It has more bytes.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_inTurn >= TurnBytes)
        {
            _inTurn = 0;
            await Task.Yield();
        }

        cancellationToken.ThrowIfCancellationRequested();
        var read = await raw.ReadAsync(buffer, cancellationToken);
        _inTurn += read;
        _fed += read;
        return _fed <= longest ? read : throw new BodyTooLongException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing may block");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a response body is only read; ask CanWrite first");

    /// <inheritdoc/>
    public override void Flush()
    {
    }
}
