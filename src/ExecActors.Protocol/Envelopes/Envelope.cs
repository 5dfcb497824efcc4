namespace ExecActors.Protocol;

/// <summary>The outside of one message: everything but the meaning of its params or result, which stay bytes of the frame.</summary>
/// <remarks>Offsets count from the start of the scanned frame, in bytes; a length of 0 says that the member is absent.</remarks>
public readonly struct Envelope
{
    /// <summary>Request, notification or response.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>The id of a request or response; the number 0 for a notification.</summary>
    public RequestId Id { get; init; }

    /// <summary>
    /// The method; <see cref="WireMethod.Unknown"/> for a response, for a name that is not in the table, and for a request whose name is a
    /// notification's (or the other way round).
    /// </summary>
    public WireMethod Method { get; init; }

    /// <summary>The method's name as sent, empty for a response. The table's own string when known; cut after 1,024 characters when unknown.</summary>
    public string MethodName { get; init; }

    /// <summary>Where <c>params</c> begins.</summary>
    public int ParamsOffset { get; init; }

    /// <summary>How long <c>params</c> is; 0 when absent.</summary>
    public int ParamsLength { get; init; }

    /// <summary>Where <c>result</c> begins.</summary>
    public int ResultOffset { get; init; }

    /// <summary>How long <c>result</c> is; 0 when absent.</summary>
    public int ResultLength { get; init; }

    /// <summary>What a failure said; null for a result, a request and a notification.</summary>
    public RpcError? Error { get; init; }

    /// <summary>The W3C <c>traceparent</c> of a request, not examined; null when absent.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The W3C <c>tracestate</c> of a request, not examined; null when absent.</summary>
    public string? TraceState { get; init; }

    /// <summary>The params in their frame; empty when absent, which is how decoding wants it.</summary>
    /// <param name="frame">The frame that was scanned.</param>
    public ReadOnlyMemory<byte> Params(ReadOnlyMemory<byte> frame) => frame.Slice(ParamsOffset, ParamsLength);

    /// <summary>The result in its frame; empty when absent.</summary>
    /// <param name="frame">The frame that was scanned.</param>
    public ReadOnlyMemory<byte> Result(ReadOnlyMemory<byte> frame) => frame.Slice(ResultOffset, ResultLength);
}
