namespace ExecActors.Protocol;

/// <summary>The numbers a failure carries. Clients branch on <see cref="SessionAttached"/> alone; the rest are for people and logs.</summary>
public static class ErrorCodes
{
    /// <summary>An unreadable message (then with id -1), or a request the session's state does not allow.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>The server does not serve the method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The parameters have the wrong shape or an impossible value.</summary>
    public const int InvalidParams = -32602;

    /// <summary>The operating system refused: spawn, stdin, signals, HTTP.</summary>
    public const int InternalError = -32603;

    /// <summary>A file or directory named by a file method does not exist.</summary>
    public const int NotFound = -32004;

    /// <summary>A configured limit is reached; the message names its key. Unknown to the reference server.</summary>
    public const int LimitReached = -32005;

    /// <summary>The session belongs to a live connection. Clients retry on this code and give up on every other.</summary>
    public const int SessionAttached = -32010;
}
