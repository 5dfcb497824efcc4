namespace ExecActors.Protocol;

/// <summary>A refusal as it goes on the wire: <c>{"error":{"code":…,"message":"…"},"id":…}</c>.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">Text for people; the fixed ones are made by <see cref="Errors"/>.</param>
public readonly record struct RpcError(int Code, string Message)
{
    /// <summary>The same for programs; null when the code says it all.</summary>
    public RpcErrorData? Data { get; init; }
}
