namespace ExecActors.Client;

/// <summary>The server refused a request. The connection and everything else go on.</summary>
public sealed class ExecRequestException : Exception
{
    /// <summary>With what the server answered.</summary>
    /// <param name="request">What was asked: the method, and of which process.</param>
    /// <param name="code">The protocol's error code, see <see cref="Protocol.ErrorCodes"/>.</param>
    /// <param name="message">The server's text.</param>
    public ExecRequestException(string request, int code, string message)
        : base(message)
    {
        Request = request;
        Code = code;
    }

    /// <summary>What was asked: the method, and of which process.</summary>
    public string Request { get; }

    /// <summary>The protocol's error code, see <see cref="Protocol.ErrorCodes"/>.</summary>
    public int Code { get; }
}
