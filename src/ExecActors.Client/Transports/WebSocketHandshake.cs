using System.Globalization;
using System.Net;
using System.Text;
using ExecActors.Platform;

namespace ExecActors.Client.Transports;

/// <summary>The client's side of RFC 6455 section 4: what it sends, and what it takes for an answer.</summary>
/// <remarks>The framework's own client loads OpenSSL for SHA-1 and for masks, also without TLS, and ends the program where there is none.</remarks>
internal static class WebSocketHandshake
{
    private const int KeyBytes = 16;
    private const int MaxHeadBytes = 64 * 1024;
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Asks for a WebSocket and waits for the answer.</summary>
    /// <param name="stream">Connected.</param>
    /// <param name="url">What is asked for.</param>
    /// <param name="token">A bearer token; null for none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What has arrived behind the answer already.</returns>
    /// <exception cref="WebSocketRefusedException">The answer is another one.</exception>
    public static async Task<ReadOnlyMemory<byte>> OpenAsync(Stream stream, Uri url, string? token, CancellationToken cancellationToken)
    {
        var nonce = new byte[KeyBytes];
        SecureRandom.Fill(nonce);
        var key = Convert.ToBase64String(nonce);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Request(url, key, token)), cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);

        var buffer = new byte[MaxHeadBytes];
        var length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf(EndOfHead)) < 0)
        {
            var count = length < buffer.Length ? await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) : 0;
            if (count == 0)
            {
                throw new WebSocketRefusedException("what answers there does not speak HTTP, or closed the connection", status: null);
            }

            length += count;
        }

        Check(Encoding.Latin1.GetString(buffer, 0, end), key);
        return buffer.AsMemory(end + EndOfHead.Length, length - end - EndOfHead.Length);
    }

    private static string Request(Uri url, string key, string? token)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        var request = new StringBuilder()
            .Append("GET ").Append(url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(host);
        if (!url.IsDefaultPort)
        {
            request.Append(CultureInfo.InvariantCulture, $":{url.Port}");
        }

        request.Append("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").Append(key).Append("\r\n");
        if (token is not null)
        {
            if (token.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new WebSocketRefusedException("the token has a character that no header can carry", status: null);
            }

            request.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        }

        return request.Append("\r\n").ToString();
    }

    private static void Check(string head, string key)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var version, var code, ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new WebSocketRefusedException("what answers there does not speak HTTP", status: null);
        }

        if (status != (int)HttpStatusCode.SwitchingProtocols)
        {
            throw new WebSocketRefusedException($"the server there answered with HTTP status {status}", (HttpStatusCode)status);
        }

        var expected = Convert.ToBase64String(Sha1.Hash(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
        if (!lines.Skip(1).Any(line => line.StartsWith("sec-websocket-accept:", StringComparison.OrdinalIgnoreCase)
            && string.Equals(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(), expected, StringComparison.Ordinal)))
        {
            throw new WebSocketRefusedException("what answers there did not understand the request for a WebSocket", status: null);
        }
    }
}

/// <summary>What answers is no server, or refuses.</summary>
internal sealed class WebSocketRefusedException(string message, HttpStatusCode? status) : Exception(message)
{
    /// <summary>The status of its answer; null when that is not the reason.</summary>
    public HttpStatusCode? Status => status;
}
