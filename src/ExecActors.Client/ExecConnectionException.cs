using System.Net;

namespace ExecActors.Client;

/// <summary>There is no connection, or none any more. The message says what was asked of it and why it is gone.</summary>
/// <remarks>Whether the server still did what was asked is unknown when the connection was lost with the request under way.</remarks>
public sealed class ExecConnectionException : Exception
{
    /// <summary>With what was asked and what was found.</summary>
    /// <param name="request">What was asked of the connection.</param>
    /// <param name="reason">Why that cannot be had.</param>
    /// <param name="inner">The cause, if there is one to show.</param>
    public ExecConnectionException(string request, string reason, Exception? inner = null)
        : base($"{request}: {reason}", inner) => Request = request;

    /// <summary>What was asked of the connection.</summary>
    public string Request { get; }

    /// <summary>The HTTP status with which the server refused a WebSocket; null when that is not the reason. 401 asks for a bearer token.</summary>
    public HttpStatusCode? RefusedWith { get; init; }
}
