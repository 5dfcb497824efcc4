using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.WebSockets;

/// <summary>The peer broke RFC 6455; the connection ends with a close frame that says so.</summary>
/// <param name="code">The close code: <see cref="ProtocolError"/>, <see cref="InvalidText"/> or that of <see cref="CloseReason.TooBig"/>.</param>
/// <param name="message">What it did, for the log and for the close frame: at most 123 bytes.</param>
internal sealed class WebSocketViolationException(int code, string message) : IOException(message)
{
    /// <summary>1002: the framing is broken.</summary>
    public const int ProtocolError = 1002;

    /// <summary>1007: text that is not UTF-8.</summary>
    public const int InvalidText = 1007;

    /// <summary>Why this side closes.</summary>
    public CloseReason Reason { get; } = new(code, message);
}
