namespace ExecActors.Platform;

/// <summary>A stream over a pipe, a socket or a terminal: bytes pass once, in order, so there is no position and no length to ask for or to set.</summary>
/// <remarks><see cref="Stream.CanSeek"/> says so; whoever asks all the same gets what the contract of <see cref="Stream"/> provides for it, with the reason.</remarks>
public abstract class SequentialStream : Stream
{
    /// <summary>False.</summary>
    public sealed override bool CanSeek => false;

    /// <summary>Not to be had.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override long Length => throw NoPosition();

    /// <summary>Not to be had.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override long Position
    {
        get => throw NoPosition();
        set => throw NoPosition();
    }

    /// <summary>Not possible.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw NoPosition();

    /// <summary>Not possible.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override void SetLength(long value) => throw NoPosition();

    private NotSupportedException NoPosition() =>
        new($"{GetType().Name} passes bytes on in order and has neither length nor position; ask CanSeek first");
}
