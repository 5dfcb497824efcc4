using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Connections;

/// <summary>One accepted socket or pipe, as the connection's stream graph uses it: one receive and one send at a time.</summary>
/// <remarks>Owned by the connection, which disposes it when both directions have ended.</remarks>
public interface IFrameTransport : IAsyncDisposable
{
    /// <summary>What error texts call the peer: <c>websocket 127.0.0.1:54832</c> or <c>stdio</c> (protocol section 4.1).</summary>
    string Peer { get; }

    /// <summary>Who is behind the peer. Nobody in particular unless the transport says so.</summary>
    Principal Principal => Principal.Anyone(address: null);

    /// <summary>Until when the peer may stay: it showed something at the door that ends then. Null for as long as it likes.</summary>
    DateTimeOffset? AdmittedUntil => null;

    /// <summary>Whether the peer's direction has ended in so many words: the peer is done, and was not cut.</summary>
    bool PeerSaidGoodbye => false;

    /// <summary>How frames are told apart in what <see cref="ReceiveAsync"/> returns.</summary>
    FrameDelimiter Delimiter { get; }

    /// <summary>
    /// Receives the next piece, or nothing: then there is nothing yet, and one asks again. Does not throw for what a peer can do: a lost or broken connection
    /// is an outcome.
    /// </summary>
    /// <remarks>What goes on after a receive that had to wait may run on the thread that waits for all connections: it hands over and returns.</remarks>
    /// <param name="buffer">Where to put the bytes. May be empty: then the call waits until there is something to receive.</param>
    /// <param name="cancellationToken">Cancelled when the connection is being closed from this side.</param>
    ValueTask<ReceiveOutcome> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends one whole frame (a JSON text, without delimiter).</summary>
    /// <param name="frame">Valid until the returned task completes.</param>
    /// <param name="more">Whether another frame follows at once, so that the transport may gather both into one write.</param>
    /// <param name="cancellationToken">Cancelled when waiting for the peer is pointless.</param>
    /// <exception cref="IOException">The peer is gone.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken);

    /// <summary>Ends the connection from this side with a reason, as far as the transport can say one; never throws.</summary>
    /// <remarks>Called when no <see cref="SendAsync"/> is running. Bounded in time by the token.</remarks>
    ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken);
}

/// <summary>How a transport marks the end of a frame.</summary>
public enum FrameDelimiter
{
    /// <summary>The transport says so: <see cref="ReceiveOutcome.EndOfFrame"/> (WebSocket).</summary>
    Message,

    /// <summary>A newline in the bytes (stdio).</summary>
    Newline,
}

/// <summary>What one receive brought.</summary>
/// <param name="Count">Bytes put into the buffer.</param>
/// <param name="EndOfFrame">Whether they complete a frame; only with <see cref="FrameDelimiter.Message"/>.</param>
/// <param name="Ended">Whether the peer's direction has ended: nothing was received and nothing will be.</param>
/// <param name="EndReason">Why it ended, for the log; null when it did not.</param>
/// <param name="Expected">Bytes of the frame that will follow, as far as the transport knows; 0 when it does not. A hint: the peer said so.</param>
public readonly record struct ReceiveOutcome(int Count, bool EndOfFrame, bool Ended, string? EndReason, long Expected = 0)
{
    /// <summary>Bytes arrived, perhaps none.</summary>
    public static ReceiveOutcome Bytes(int count, bool endOfFrame, long expected = 0) => new(count, endOfFrame, Ended: false, EndReason: null, expected);

    /// <summary>Whether the peer ended its direction as it meant to, so that what it sent last is whole without a delimiter behind it.</summary>
    public bool IsEndOfInput { get; private init; }

    /// <summary>The peer said that it has sent everything.</summary>
    public static ReceiveOutcome EndOfInput(string reason) => End(reason) with { IsEndOfInput = true };

    /// <summary>The peer's direction ended.</summary>
    public static ReceiveOutcome End(string reason) => new(0, EndOfFrame: false, Ended: true, reason);
}
