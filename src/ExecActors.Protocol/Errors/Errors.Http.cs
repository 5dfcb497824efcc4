namespace ExecActors.Protocol;

/// <summary>Refusals and failures of HTTP requests.</summary>
public static partial class Errors
{
    /// <summary>What a stream's last notification says when the body was cut, malformed, or not complete at the deadline.</summary>
    public const string HttpBodyBroken = "error decoding response body";

    /// <summary>What a stream's last notification says after <c>http/cancel</c>.</summary>
    public const string HttpStreamCancelled = "cancelled";

    /// <summary>What a stream's last notification says after a failure of the server itself.</summary>
    public const string HttpLostText = "the server lost this request to an internal failure; send it again";

    /// <summary>The method is no HTTP token.</summary>
    public static RpcError HttpMethodInvalid { get; } = InvalidParams("http/request method is invalid: invalid HTTP method");

    /// <summary>A header's name is no HTTP token.</summary>
    public static RpcError HttpHeaderNameInvalid { get; } = InvalidParams("http/request header name is invalid: invalid HTTP header name");

    /// <summary>The time given was 0.</summary>
    public static RpcError HttpTimedOut { get; } = Internal("http/request failed: route-aware request timed out");

    /// <summary>More than 10 redirects.</summary>
    public static RpcError HttpTooManyRedirects { get; } = Internal("http/request failed: too many redirects");

    /// <summary>The body of a response that is not streamed was cut, malformed, or not complete at the deadline.</summary>
    public static RpcError HttpBodyFailed { get; } = Internal($"failed to read http/request response body: {HttpBodyBroken}");

    /// <summary>The request was given up by <c>http/cancel</c> before it had its answer.</summary>
    public static RpcError HttpCancelled { get; } = Internal("http/request was cancelled");

    /// <summary>A failure of the server itself, a bug.</summary>
    public static RpcError HttpLost { get; } = Internal($"http/request failed: {HttpLostText}");

    /// <summary>The URL does not parse.</summary>
    /// <param name="detail">What is wrong with it.</param>
    public static RpcError HttpUrlInvalid(string detail) => InvalidParams($"http/request url is invalid: {detail}");

    /// <summary>A URL of another scheme.</summary>
    /// <param name="scheme">The scheme in lower case.</param>
    public static RpcError HttpSchemeUnsupported(string scheme) =>
        InvalidParams($"http/request only supports http and https URLs, got {Echo.Of(scheme)}");

    /// <summary>A header's value has a control character.</summary>
    /// <param name="name">The header's name as the client wrote it.</param>
    public static RpcError HttpHeaderValueInvalid(string name) =>
        InvalidParams($"http/request header value is invalid for {Echo.Of(name)}: failed to parse header value");

    /// <summary>The server does not have the variable that a header wants.</summary>
    /// <param name="name">The header's name as the client wrote it.</param>
    /// <param name="variable">The variable's name.</param>
    public static RpcError HttpVariableMissing(string name, string variable) =>
        InvalidParams($"http/request header {Echo.Of(name)} requires executor environment variable {Echo.Of(variable)}");

    /// <summary>The id belongs to a stream that has not had its last notification.</summary>
    /// <param name="requestId">The id the client wants to stream under.</param>
    public static RpcError HttpStreamActive(string requestId) =>
        InvalidParams($"http/request streamResponse requestId `{Echo.Of(requestId)}` is already active");

    /// <summary>No answer came: no name, no connection, no trust, no HTTP, or no time left.</summary>
    /// <param name="url">The URL of the hop that failed, without user and password.</param>
    public static RpcError HttpSendFailed(string url) => Internal($"http/request failed: error sending request for url ({Echo.Of(url)})");

    /// <summary>The server's machine has no library for TLS.</summary>
    /// <param name="url">The URL of the hop that needs it, without user and password.</param>
    /// <param name="remedy">What to do there.</param>
    public static RpcError HttpWithoutTls(string url, string remedy) =>
        Internal($"http/request to {Echo.Of(url)} needs TLS, and the server's machine has no OpenSSL; {remedy}");

    /// <summary>A redirect to a URL of another scheme.</summary>
    /// <param name="scheme">The scheme in lower case.</param>
    public static RpcError HttpRedirectScheme(string scheme) =>
        Internal($"http/request failed: redirect target uses unsupported URL scheme: {Echo.Of(scheme)}");

    /// <summary>The body of a response that is not streamed is longer than allowed.</summary>
    /// <param name="limit">Bytes allowed.</param>
    public static RpcError HttpBodyTooLong(long limit) => new(
        ErrorCodes.LimitReached,
        $"limit reached: http.buffered-body-bytes (the response body is longer than {limit} bytes; ask for it with streamResponse)");
}
