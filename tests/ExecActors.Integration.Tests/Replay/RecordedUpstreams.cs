using System.Text;
using Newtonsoft.Json;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>The web servers that the recordings of <c>http/request</c> talked to, answering as they did when recorded.</summary>
public sealed class RecordedUpstreams : IAsyncDisposable
{
    private readonly HttpUpstream _first = new(ServeFirstAsync);
    private readonly HttpUpstream _second;

    /// <summary>Those of a recording.</summary>
    public RecordedUpstreams(string transcript) =>
        _second = new(transcript.StartsWith("http/content-decoding", StringComparison.Ordinal) ? CompressedUpstream.ServeAsync : ServeSecondAsync);

    /// <summary>What stands for each address in the recordings.</summary>
    public IReadOnlyDictionary<string, string> Authorities => new Dictionary<string, string>
    {
        ["127.0.0.1:33585"] = _first.Authority,
        ["127.0.0.1:48090"] = _second.Authority,
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    /// <summary>The server of the recordings in <c>process</c>: <c>/ok</c>, <c>/redirect</c> and <c>/body</c>.</summary>
    private static async Task ServeFirstAsync(UpstreamExchange exchange)
    {
        switch (exchange.Request.Target)
        {
            case "/redirect":
                await BeginAsync(exchange, "302 Found", "location: /ok");
                await exchange.SendChunkAsync("moved");
                break;
            case "/body":
                await BeginAsync(exchange, "200 OK", "content-type: text/plain");
                await exchange.SendChunkAsync("first ");
                await AsRecordedAsync(exchange, milliseconds: 150);
                await exchange.SendChunkAsync("second");
                break;
            default:
                await BeginAsync(exchange, "200 OK", "content-type: text/plain", "x-dup: 1", "x-dup: 2");
                await exchange.SendChunkAsync($"{exchange.Request.Method}:{Encoding.Latin1.GetString(exchange.Request.Body)}");
                break;
        }

        await EndAsync(exchange);
    }

    /// <summary>The server of the recordings in <c>http</c>.</summary>
    private static async Task ServeSecondAsync(UpstreamExchange exchange)
    {
        switch (exchange.Request.Target)
        {
            case "/empty":
                await exchange.SendAsync($"HTTP/1.1 204 No Content\r\n{KeepAlive}\r\n");
                return;
            case "/slow":
                await AsRecordedAsync(exchange, milliseconds: 1500);
                await exchange.SendAsync($"HTTP/1.1 200 OK\r\n{KeepAlive}content-length: 4\r\n\r\nlate");
                return;
            case "/abort":
                await exchange.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n{KeepAlive}\r\npartial");
                exchange.EndConnection();
                return;
            case "/forever":
                await TickAsync(exchange);
                return;
            case "/stream":
                await BeginAsync(exchange, "200 OK", "content-type: text/event-stream");
                for (var i = 1; i <= 3; i++)
                {
                    await exchange.SendChunkAsync($"data: {i}\n\n");
                    await AsRecordedAsync(exchange, milliseconds: 60);
                }

                break;
            case "/multi":
                await BeginAsync(exchange, "200 OK", "X-Dup: one", "x-dup: two", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Mixed-Case: V", "X-Latin: caf\u00E9");
                await exchange.SendChunkAsync("m");
                break;
            case "/gzip":
                await BeginAsync(exchange, "200 OK", "content-encoding: gzip");
                await exchange.SendChunkAsync(Encoding.Latin1.GetString(Convert.FromBase64String("H4sIAAAAAAAAAyvNq8osKEhNAQDRvhsJCAAAAA==")));
                break;
            case "/404":
                await BeginAsync(exchange, "404 Not Found");
                await exchange.SendChunkAsync("nf");
                break;
            case "/hello":
                await BeginAsync(exchange, "200 OK", "content-type: text/plain");
                await exchange.SendChunkAsync("hello");
                break;
            case "/redirect" or "/loop":
                await BeginAsync(exchange, "302 Found", exchange.Request.Target == "/loop" ? "location: /loop" : "location: /echo?redirected=1");
                await exchange.SendChunkAsync("moved");
                break;
            case "/redirect307":
                await BeginAsync(exchange, "307 Temporary Redirect", "location: /echo?r=307");
                break;
            default:
                await BeginAsync(exchange, "200 OK", "content-type: application/json");
                await exchange.SendChunkAsync(Echo(exchange.Request));
                break;
        }

        await EndAsync(exchange);
    }

    private static string KeepAlive => $"date: {DateTimeOffset.UnixEpoch:R}\r\nconnection: keep-alive\r\nkeep-alive: timeout=5\r\n";

    private static Task BeginAsync(UpstreamExchange exchange, string status, params string[] headers) =>
        exchange.SendAsync($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}{KeepAlive}transfer-encoding: chunked\r\n\r\n");

    private static Task EndAsync(UpstreamExchange exchange) => exchange.SendAsync("0\r\n\r\n");

    /// <summary>A tick every 50 ms until the other side has had enough.</summary>
    private static async Task TickAsync(UpstreamExchange exchange)
    {
        await BeginAsync(exchange, "200 OK");
        for (var i = 1; !exchange.Stopping.IsCancellationRequested; i++)
        {
            await exchange.SendChunkAsync($"tick{i}\n");
            await AsRecordedAsync(exchange, milliseconds: 50);
        }
    }

    /// <summary>What the request looked like, as the recorded server put it; a character per byte of its UTF-8.</summary>
    private static string Echo(UpstreamRequest request)
    {
        var seen = new JObject
        {
            ["method"] = request.Method,
            ["url"] = request.Target,
            ["rawHeaders"] = new JArray(request.Headers.SelectMany(header => new[] { header.Key, header.Value })),
            ["body"] = Encoding.Latin1.GetString(request.Body),
        };
        return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(seen.ToString(Formatting.None)));
    }

    /// <summary>Takes as long as the recorded server took, past the deadlines that requests for it have.</summary>
    private static async Task AsRecordedAsync(UpstreamExchange exchange, int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds));
        await timer.WaitForNextTickAsync(exchange.Stopping);
    }
}
