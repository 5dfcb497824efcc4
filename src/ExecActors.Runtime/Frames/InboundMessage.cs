using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Runtime.Frames;

/// <summary>What a frame turned out to be.</summary>
internal enum InboundKind
{
    /// <summary>A request: wants exactly one answer.</summary>
    Request,

    /// <summary>A notification: wants none.</summary>
    Notification,

    /// <summary>A result or error object; this server asks nothing, so none is expected.</summary>
    Response,

    /// <summary>Not a message: answered with id -1 and <see cref="InboundMessage.Problem"/>.</summary>
    Unparsable,
}

/// <summary>One decoded frame from a client.</summary>
internal sealed record InboundMessage
{
    /// <summary>What it is.</summary>
    public required InboundKind Kind { get; init; }

    /// <summary>The request's id; <see cref="RequestId.Unparsable"/> otherwise.</summary>
    public required RequestId Id { get; init; }

    /// <summary>The method; <see cref="WireMethod.Unknown"/> for one that is not served.</summary>
    public required WireMethod Method { get; init; }

    /// <summary>The method as it was written.</summary>
    public required string MethodName { get; init; }

    /// <summary>The decoded params record of the method; null when there are none or <see cref="Problem"/> says why.</summary>
    public object? Params { get; init; }

    /// <summary>Why the frame, the method or the params are refused; null when they are not. Sections 4.1 and 4.3 of the contract.</summary>
    public RpcError? Problem { get; init; }

    /// <summary>The bytes of a process/write; owned by the message's receiver.</summary>
    public PayloadBytes? Payload { get; init; }

    /// <summary>Bytes of the frame: what the message weighs in the <see cref="RequestWindow"/>.</summary>
    public required int Weight { get; init; }
}

/// <summary>Bytes for standard input: decoded, or still the base64 text of a bulk frame, to be decoded by whoever uses them.</summary>
/// <remarks>Has one owner, who calls <see cref="Dispose"/> or <see cref="TryDecode"/>.</remarks>
internal sealed class PayloadBytes : IDisposable
{
    private readonly ByteLease _lease;
    private readonly ReadOnlyMemory<byte> _base64;
    private readonly bool _decoded;

    private PayloadBytes(ByteLease lease, ReadOnlyMemory<byte> base64, bool decoded)
    {
        _lease = lease;
        _base64 = base64;
        _decoded = decoded;
    }

    /// <summary>Already decoded.</summary>
    public static PayloadBytes Decoded(ByteLease bytes) => new(bytes, default, decoded: true);

    /// <summary>Base64 text inside a frame, or of its own when it held escapes.</summary>
    public static PayloadBytes Encoded(ByteLease frame, ReadOnlyMemory<byte> base64) => new(frame, base64, decoded: false);

    /// <summary>The bytes themselves; ownership passes to the caller. False when the text is no base64; then nothing is left to own.</summary>
    public bool TryDecode(out ByteLease bytes, out RpcError error)
    {
        error = default;
        if (_decoded)
        {
            bytes = _lease;
            return true;
        }

        var target = ByteLease.Rent(Math.Max(1, Base64Chunk.MaxDecodedLength(_base64.Length)));
        var valid = Base64Chunk.TryDecode(_base64.Span, target.Array, out var written, out error);
        var count = valid ? _lease.TakeCount() : null;
        _lease.Dispose();
        if (!valid)
        {
            target.Dispose();
            bytes = ByteLease.Adopt([], 0);
            return false;
        }

        target.SetLength(written);
        bytes = count is null ? target : ByteLease.Adopt(target.Array, written, count); // counted as what it was, until it is used up
        return true;
    }

    /// <summary>Gives the memory back unused.</summary>
    public void Dispose() => _lease.Dispose();
}
