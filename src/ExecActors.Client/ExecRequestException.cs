namespace ExecActors.Client;

/// <summary>The server refused a request. The connection and everything else go on.</summary>
public sealed class ExecRequestException : Exception
{
    /// <summary>With what the server answered.</summary>
    /// <param name="request">What was asked: the method, and of which process.</param>
    /// <param name="code">The protocol's error code, see <see cref="Protocol.ErrorCodes"/>.</param>
    /// <param name="message">The server's text.</param>
    /// <param name="details">What it says of a start that failed; null when it says nothing.</param>
    public ExecRequestException(string request, int code, string message, Protocol.RpcErrorData? details = null)
        : base(message)
    {
        Request = request;
        Code = code;
        Details = details;
    }

    /// <summary>What was asked: the method, and of which process.</summary>
    public string Request { get; }

    /// <summary>The protocol's error code, see <see cref="Protocol.ErrorCodes"/>.</summary>
    public int Code { get; }

    /// <summary>What the server says of a start that failed, for programs: its kind, and with ours the errno and what is missing. Null when it says nothing.</summary>
    public Protocol.RpcErrorData? Details { get; }
}
