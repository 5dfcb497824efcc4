namespace ExecActors.Integration.Tests.Harness;

/// <summary>The <c>error</c> of a failure.</summary>
public sealed record WireError(int Code, string Message)
{
    /// <summary>What a failed <c>process/start</c> says to programs; null for every other failure.</summary>
    public JObject? Data { get; private init; }

    /// <summary>Takes it out of an answer, which has to be a failure of exactly the documented shape.</summary>
    public static WireError Of(JObject answer)
    {
        var error = answer["error"] as JObject ?? throw new InvalidOperationException($"a failure was expected: {answer}");
        Assert.Equal(["error", "id"], answer.Properties().Select(property => property.Name));
        var data = error["data"] as JObject;
        Assert.Equal(data is null ? ["code", "message"] : ["code", "data", "message"], error.Properties().Select(property => property.Name));
        return new WireError((int)error["code"]!, (string)error["message"]!) { Data = data };
    }
}

/// <summary>The codes of the protocol.</summary>
public static class ErrorCode
{
    /// <summary>Unparsable, out of order, unknown id.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>No such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>Params of the wrong shape or value.</summary>
    public const int InvalidParams = -32602;

    /// <summary>The operating system refused.</summary>
    public const int InternalError = -32603;

    /// <summary>A limit of the server.</summary>
    public const int LimitReached = -32005;

    /// <summary>The session has a living connection; the one code that clients act on.</summary>
    public const int SessionAttached = -32010;
}
