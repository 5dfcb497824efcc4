using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Http;

/// <summary>The opening handshake of RFC 6455 section 4.2, with the answers of the reference server.</summary>
internal static class UpgradeRequest
{
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The first thing that is wrong with the request, in the reference server's order; null when it can be upgraded.</summary>
    public static HttpRefusal? Check(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return HttpRefusal.UpgradeMethod;
        }

        var headers = request.Headers;
        if (!Includes(headers.Connection, "upgrade"))
        {
            return HttpRefusal.ConnectionHeader;
        }

        if (!Includes(headers.Upgrade, "websocket"))
        {
            return HttpRefusal.UpgradeHeader;
        }

        if (!string.Equals(headers.SecWebSocketVersion, "13", StringComparison.Ordinal))
        {
            return HttpRefusal.VersionHeader;
        }

        return StringValues.IsNullOrEmpty(headers.SecWebSocketKey) ? HttpRefusal.KeyHeader : null;
    }

    /// <summary>Sets the headers of the 101 answer; no subprotocol and no extension is chosen.</summary>
    public static void Accept(HttpRequest request, HttpResponse response)
    {
        response.Headers[HeaderNames.Connection] = "Upgrade";
        response.Headers[HeaderNames.Upgrade] = "websocket";
        response.Headers[HeaderNames.SecWebSocketAccept] = AcceptValue(request.Headers.SecWebSocketKey.ToString());
    }

#pragma warning disable CA5350 // RFC 6455 asks for SHA-1 here, to show that the request was understood; it protects nothing
    private static string AcceptValue(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350

    private static bool Includes(StringValues header, string token)
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
