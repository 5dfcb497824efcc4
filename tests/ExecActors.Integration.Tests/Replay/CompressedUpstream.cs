using System.Text;
using Newtonsoft.Json;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>The web server of the recordings of compressed bodies: "hello " twenty times, in the coding that the path names.</summary>
public static class CompressedUpstream
{
    private const string Brotli = "G3cA+I2Ubt5EVYaWbCBvEVscgMUB";
    private const string Gzip = "H4sIAAAAAAAAA8tIzcnJV8igOwkAL/r4SHgAAAA=";
    private const string GzipTwice = "H4sIAAAAAAAAA5Pv5mAAA+bTHmdPngw/scCak0H/1w+PCqAgAJjLKUQdAAAA";
    private const string Zstd = "KLUv/SB4wQMAaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8g";
    private const int CutBytes = 12;
    private const int PartBytes = 10;

    /// <summary>What two members decode to.</summary>
    public static byte[] Members { get; } = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("hello ", 40)));

    /// <summary>Answers one request.</summary>
    public static Task ServeAsync(UpstreamExchange exchange)
    {
        exchange.EndConnection();
        var gzip = Convert.FromBase64String(Gzip);
        return exchange.Request.Target switch
        {
            "/echo" => AnswerAsync(exchange, "200 OK", coding: null, Echo(exchange.Request)),
            "/zstd" => AnswerAsync(exchange, "200 OK", "zstd", Convert.FromBase64String(Zstd)),
            "/br" => AnswerAsync(exchange, "200 OK", "br", Convert.FromBase64String(Brotli)),
            "/x-gzip" => AnswerAsync(exchange, "200 OK", "x-gzip", gzip),
            "/upper" => AnswerAsync(exchange, "200 OK", "GZIP", gzip),
            "/twice" => AnswerAsync(exchange, "200 OK", "gzip, gzip", Convert.FromBase64String(GzipTwice)),
            "/members" => AnswerAsync(exchange, "200 OK", "gzip", [.. gzip, .. gzip]),
            "/empty" => AnswerAsync(exchange, "200 OK", "gzip", []),
            "/bad" => AnswerAsync(exchange, "200 OK", "gzip", "not gzip"u8.ToArray()),
            "/cut" => AnswerAsync(exchange, "200 OK", "gzip", gzip[..^CutBytes]),
            "/s206" => AnswerAsync(exchange, "206 Partial Content", "gzip", gzip[..PartBytes]),
            "/chunked" => AnswerInPiecesAsync(exchange, gzip),
            _ => AnswerAsync(exchange, "200 OK", "gzip", gzip),
        };
    }

    private static async Task AnswerAsync(UpstreamExchange exchange, string status, string? coding, byte[] body)
    {
        var (before, behind) = coding is null ? ("", "") : ($"content-encoding: {coding}\r\n", "etag: \"abc\"\r\n");
        await exchange.SendAsync($"HTTP/1.1 {status}\r\ncontent-type: text/plain\r\nconnection: close\r\n{before}content-length: {body.Length}\r\n{behind}\r\n");
        if (exchange.Request.Method != "HEAD")
        {
            await exchange.SendAsync(body);
        }
    }

    // The first piece is the head of the member only: nothing can be decoded yet.
    private static async Task AnswerInPiecesAsync(UpstreamExchange exchange, byte[] body)
    {
        await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n");
        await exchange.SendChunkAsync(Encoding.Latin1.GetString(body[..PartBytes]));
        await exchange.SendChunkAsync(Encoding.Latin1.GetString(body[PartBytes..]));
        await exchange.SendAsync("0\r\n\r\n");
    }

    /// <summary>The headers of the request, name and value by turns.</summary>
    private static byte[] Echo(UpstreamRequest request) =>
        Encoding.UTF8.GetBytes(new JArray(request.Headers.SelectMany(header => new[] { header.Key.ToLowerInvariant(), header.Value })).ToString(Formatting.None));
}
