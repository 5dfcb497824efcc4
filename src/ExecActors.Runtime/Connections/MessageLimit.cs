using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Connections;

/// <summary>The longest message that a connection takes now: short ones only until <c>initialized</c>, since until then it may be a stranger's.</summary>
/// <remarks>
/// Plain state of a connection's graph. It follows what the client sends and not what it is answered, for a client may send <c>initialize</c>,
/// <c>initialized</c> and a long request in one go; one that may not is closed for it by the connection's actor.
/// </remarks>
internal sealed class MessageLimit
{
    private readonly int _most;
    private bool _isInitializing;
    private bool _isShort;

    /// <summary>Short messages at first.</summary>
    public MessageLimit(ExecServerSettings settings)
    {
        _most = settings.Limits.MessageBytes;
        Bytes = Math.Min(_most, settings.Connection.HandshakeMessageBytes);
        _isShort = Bytes < _most;
    }

    /// <summary>Longest message, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>What the peer is told of a longer one.</summary>
    public CloseReason Refusal => CloseReason.TooBig(Bytes, _isShort ? "connection.handshake-message-bytes" : "limits.message-bytes");

    /// <summary>Looks at a message that was decoded.</summary>
    public void Saw(InboundMessage message)
    {
        if (!_isShort)
        {
            return;
        }

        _isInitializing |= message is { Kind: InboundKind.Request, Method: WireMethod.Initialize };
        if (_isInitializing && message is { Kind: InboundKind.Notification, Method: WireMethod.Initialized })
        {
            Bytes = _most;
            _isShort = false;
        }
    }
}
