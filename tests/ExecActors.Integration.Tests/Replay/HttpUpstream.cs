using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>The web server that the recording of <c>http/request</c> talked to: <c>/ok</c>, <c>/redirect</c> and <c>/body</c>.</summary>
public sealed class HttpUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <summary>Starts it on a free port.</summary>
    public HttpUpstream()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Host and port.</summary>
    public string Authority => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    await AnswerAsync(stream, request);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // the server under test gave up on the request, or the test is over
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, Request request)
    {
        switch (request.Path)
        {
            case "/redirect":
                await SendAsync(stream, "302 Found", ["location: /ok"], "moved");
                break;
            case "/body":
                await SendAsync(stream, "200 OK", ["content-type: text/plain"], "first ");
                await BodyMayEndAsync();
                await stream.WriteAsync(Chunk("second"), _stopping.Token);
                break;
            default:
                await SendAsync(stream, "200 OK", ["content-type: text/plain", "x-dup: 1", "x-dup: 2"], $"{request.Method}:{request.Body}");
                break;
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), _stopping.Token);
    }

    /// <summary>Holds the rest of <c>/body</c> back for as long as it did when recorded, past the request's own 40 ms time-out.</summary>
    private async Task BodyMayEndAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(150));
        await timer.WaitForNextTickAsync(_stopping.Token);
    }

    private async Task SendAsync(NetworkStream stream, string status, string[] headers, string firstPiece)
    {
        var head = $"HTTP/1.1 {status}\r\n{string.Join("\r\n", headers)}\r\ndate: {DateTimeOffset.UnixEpoch:R}\r\n"
            + "connection: keep-alive\r\nkeep-alive: timeout=5\r\ntransfer-encoding: chunked\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head).Concat(Chunk(firstPiece)).ToArray(), _stopping.Token);
    }

    private static byte[] Chunk(string text) => Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");

    private async Task<Request?> ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var length = lines.FirstOrDefault(line => line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))?["content-length:".Length..];
        var body = new byte[int.Parse(length ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stopping.Token);
        return new Request(lines[0].Split(' ')[0], lines[0].Split(' ')[1], Encoding.UTF8.GetString(body));
    }

    private sealed record Request(string Method, string Path, string Body);
}
