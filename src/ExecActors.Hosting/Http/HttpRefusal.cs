using System.Text;
using Microsoft.AspNetCore.Http;

namespace ExecActors.Hosting.Http;

/// <summary>An answer other than the one that was asked for.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body; null for an empty one without a content type.</param>
/// <param name="HeaderName">A header that goes with it, or null.</param>
/// <param name="HeaderValue">Its value.</param>
internal sealed record HttpRefusal(int Status, string? Text, string? HeaderName = null, string? HeaderValue = null)
{
    /// <summary>The type of every body.</summary>
    public const string ContentType = "text/plain; charset=utf-8";

    /// <summary>What came is no HTTP request.</summary>
    public static HttpRefusal BadRequest { get; } = new(StatusCodes.Status400BadRequest, null);

    /// <summary>A line of the head ends in LF alone, or an end is missing: what a proxy in front has read may be something else.</summary>
    public static HttpRefusal LineEnd { get; } = new(StatusCodes.Status400BadRequest, "a line of the request's head does not end in CR LF");

    /// <summary>The Host header, or the authority of the target, is no host with a port.</summary>
    public static HttpRefusal HostSyntax { get; } = new(
        StatusCodes.Status400BadRequest, "the Host header or the target names no host: use HOST or HOST:PORT, without a user, and an IPv6 address in brackets");

    /// <summary>Content-Length is no number, or stands there twice.</summary>
    public static HttpRefusal ContentLength { get; } = new(StatusCodes.Status400BadRequest, "Content-Length is not one number in digits");

    /// <summary>Transfer-Encoding where it may not be, or one that does not tell where the body ends.</summary>
    public static HttpRefusal TransferEncoding { get; } = new(
        StatusCodes.Status400BadRequest, "Transfer-Encoding has to be `chunked`, without Content-Length, and needs HTTP/1.1");

    /// <summary>A transfer coding that is not known here.</summary>
    public static HttpRefusal TransferCoding { get; } = new(StatusCodes.Status501NotImplemented, "the only transfer coding known here is `chunked`");

    /// <summary>The target alone is longer than a head may be.</summary>
    public static HttpRefusal TargetTooLong { get; } = new(StatusCodes.Status414UriTooLong, null);

    /// <summary>The head did not come to its end in time.</summary>
    public static HttpRefusal HeadTimeout { get; } = new(StatusCodes.Status408RequestTimeout, "the head of the request did not come to its end in time");

    /// <summary>An expectation other than 100-continue, or one that cannot be met here.</summary>
    public static HttpRefusal Expectation { get; } = new(StatusCodes.Status417ExpectationFailed, "the only expectation met here is `100-continue`");

    /// <summary>The head of the request is longer than it may be.</summary>
    public static HttpRefusal HeadTooLarge { get; } = new(StatusCodes.Status431RequestHeaderFieldsTooLarge, null);

    /// <summary>Another HTTP than 1.1 and 1.0.</summary>
    public static HttpRefusal Version { get; } = new(StatusCodes.Status505HttpVersionNotsupported, null);

    /// <summary>The request carries an Origin header.</summary>
    public static HttpRefusal Origin { get; } = new(StatusCodes.Status403Forbidden, null);

    /// <summary>The Host header names a host that is not ours.</summary>
    public static HttpRefusal Host { get; } = new(
        StatusCodes.Status403Forbidden,
        "host not allowed: use the IP address or localhost, or start the server with --allowed-host NAME");

    /// <summary>No such path.</summary>
    public static HttpRefusal NotFound { get; } = new(StatusCodes.Status404NotFound, null);

    /// <summary><c>/readyz</c> with another method.</summary>
    public static HttpRefusal ReadinessMethod { get; } = new(StatusCodes.Status405MethodNotAllowed, null, "allow", "GET,HEAD");

    /// <summary>The upgrade path with another method.</summary>
    public static HttpRefusal UpgradeMethod { get; } = new(
        StatusCodes.Status405MethodNotAllowed, "Request method must be `GET`", "allow", "GET");

    /// <summary>A request that asks for no upgrade.</summary>
    public static HttpRefusal ConnectionHeader { get; } = new(
        StatusCodes.Status400BadRequest, "Connection header did not include 'upgrade'");

    /// <summary>An upgrade to something else.</summary>
    public static HttpRefusal UpgradeHeader { get; } = new(
        StatusCodes.Status400BadRequest, "`Upgrade` header did not include 'websocket'");

    /// <summary>Another WebSocket version than RFC 6455's.</summary>
    public static HttpRefusal VersionHeader { get; } = new(
        StatusCodes.Status400BadRequest, "`Sec-WebSocket-Version` header did not include '13'", "sec-websocket-version", "13");

    /// <summary>No nonce to answer.</summary>
    public static HttpRefusal KeyHeader { get; } = new(StatusCodes.Status400BadRequest, "`Sec-WebSocket-Key` header missing");

    /// <summary>A nonce that no client may send.</summary>
    public static HttpRefusal KeyValue { get; } = new(
        StatusCodes.Status400BadRequest, "`Sec-WebSocket-Key` header is not, once, the base64 of 16 bytes");

    /// <summary>The headers are right but the HTTP version knows no upgrade.</summary>
    public static HttpRefusal NotUpgradable { get; } = new(
        StatusCodes.Status426UpgradeRequired, "WebSocket request couldn't be upgraded since no upgrade state was present");

    /// <summary>The limit of connections is reached.</summary>
    public static HttpRefusal NoRoom { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "no room for another connection; try again later", "retry-after", "1");

    /// <summary>Who asks has not shown that they may.</summary>
    public static HttpRefusal Unauthorized(string text) => new(StatusCodes.Status401Unauthorized, text, "www-authenticate", "Bearer");

    /// <summary>Writes the answer.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (HeaderName is not null)
        {
            response.Headers[HeaderName] = HeaderValue;
        }

        if (Text is null)
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        var body = Encoding.UTF8.GetBytes(Text);
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
