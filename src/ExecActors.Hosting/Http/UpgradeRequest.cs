using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>The opening handshake of RFC 6455 section 4.2, with the answers of the reference server.</summary>
internal static class UpgradeRequest
{
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

        return StringValues.IsNullOrEmpty(request[HeaderNames.SecWebSocketKey]) ? HttpRefusal.KeyHeader : null;
    }

    /// <summary>The value of the answer's Sec-WebSocket-Accept. No subprotocol and no extension is chosen.</summary>
    public static string AcceptValue(IRequestHead request) => AcceptValue(request[HeaderNames.SecWebSocketKey].ToString());

#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here, to show that the request was understood; it protects nothing
    private static string AcceptValue(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350

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
