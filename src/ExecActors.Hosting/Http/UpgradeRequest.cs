using System.Text;
using ExecActors.Platform;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>The opening handshake of RFC 6455 section 4.2, with the answers of the reference server.</summary>
internal static class UpgradeRequest
{
    private const int NonceBytes = 16;
    private const int NonceCharacters = 24;
    private const string Continue = "100-continue";
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The first thing that is wrong with the request, in the reference server's order; null when it can be upgraded.</summary>
    public static HttpRefusal? Check(IRequestHead request)
    {
        if (request.Method is not "GET")
        {
            return HttpRefusal.UpgradeMethod;
        }

        if (!Includes(request[HeaderNames.Connection], "upgrade"))
        {
            return HttpRefusal.ConnectionHeader;
        }

        if (!Includes(request[HeaderNames.Upgrade], "websocket"))
        {
            return HttpRefusal.UpgradeHeader;
        }

        if (!string.Equals(request[HeaderNames.SecWebSocketVersion], "13", StringComparison.Ordinal))
        {
            return HttpRefusal.VersionHeader;
        }

        var key = request[HeaderNames.SecWebSocketKey];
        return StringValues.IsNullOrEmpty(key) ? HttpRefusal.KeyHeader : IsNonce(key) ? null : HttpRefusal.KeyValue;
    }

    /// <summary>Whether the client waits for a 100 before anything else (RFC 9110 section 10.1.1).</summary>
    public static bool ExpectsContinue(IRequestHead request) => request.IsHttp11 && Includes(request[HeaderNames.Expect], Continue);

    /// <summary>Whether it expects something else. HTTP/1.0 has no expectations.</summary>
    public static bool ExpectsOther(IRequestHead request) =>
        request.IsHttp11 && request[HeaderNames.Expect].Any(expectation => !string.Equals(expectation, Continue, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value of the answer's Sec-WebSocket-Accept. No subprotocol and no extension is chosen.</summary>
    public static string AcceptValue(IRequestHead request) => AcceptValue(request[HeaderNames.SecWebSocketKey].ToString());

    private static string AcceptValue(string key) => Convert.ToBase64String(Sha1.Hash(Encoding.ASCII.GetBytes(key + AcceptSuffix)));

    // Without the length the decoder would let white space pass.
    private static bool IsNonce(StringValues key)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        return key is [{ Length: NonceCharacters } text] && Convert.TryFromBase64String(text, nonce, out var length) && length == NonceBytes;
    }

    /// <summary>Whether a header that is a list has this token, in any case.</summary>
    public static bool Includes(StringValues header, string token)
    {
        foreach (var line in header)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[part].Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
