using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A request as it stood on the socket.</summary>
/// <param name="Method">As written.</param>
/// <param name="Target">The second word of the request line.</param>
/// <param name="Headers">In order, names as written, values without the blanks around them, a character per byte.</param>
/// <param name="Body">The body; empty when there is none.</param>
public sealed record UpstreamRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>The values of a header, its name compared without case.</summary>
    public IReadOnlyList<string> All(string name) =>
        [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    /// <summary>The only value of a header; null when it is not there.</summary>
    public string? this[string name] => All(name).SingleOrDefault();
}

/// <summary>One request and the connection on which it is answered, byte by byte if need be.</summary>
public sealed class UpstreamExchange(NetworkStream stream, UpstreamRequest request, CancellationToken stopping)
{
    /// <summary>What was asked.</summary>
    public UpstreamRequest Request => request;

    /// <summary>Whether the connection ends after this answer.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Ends when the upstream is disposed.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Sends this text, a byte per character.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends these bytes.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes, stopping).AsTask();

    /// <summary>Sends one chunk of a body in pieces.</summary>
    public Task SendChunkAsync(string text) => SendAsync($"{text.Length:x}\r\n{text}\r\n");

    /// <summary>Sends a whole answer with a <c>content-length</c>.</summary>
    public Task AnswerAsync(string status, string body = "", params string[] headers) =>
        SendAsync($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}content-length: {body.Length}\r\n\r\n{body}");

    /// <summary>Ends the connection after the bytes sent so far.</summary>
    public void EndConnection() => IsLast = true;

    /// <summary>Completes when the other side has closed the connection, or reset it.</summary>
    public async Task PeerClosedAsync()
    {
        IsLast = true;
        var rest = new byte[1024];
        try
        {
            while (await stream.ReadAsync(rest, stopping) > 0)
            {
                // a further request on a connection that no longer answers
            }
        }
        catch (IOException)
        {
            // reset: closed as well
        }
    }
}

/// <summary>A web server of the tests' own on a free loopback port, for requests that the server under test makes.</summary>
/// <remarks>HTTP/1.1 written by hand: what stood on the socket is kept, and a test may answer with what no library would send.</remarks>
public sealed class HttpUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<UpstreamRequest> _requests = Channel.CreateUnbounded<UpstreamRequest>();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private readonly Func<UpstreamExchange, Task> _serve;
    private readonly Task _accepting;

    /// <summary>Starts it.</summary>
    /// <param name="serve">Answers one request; runs for several connections at once.</param>
    public HttpUpstream(Func<UpstreamExchange, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Host and port.</summary>
    public string Authority => $"127.0.0.1:{Endpoint.Port}";

    /// <summary>The URL of a path.</summary>
    public string Url(string path) => $"http://{Authority}{path}";

    /// <summary>The next request that came, in order of arrival.</summary>
    public Task<UpstreamRequest> NextRequestAsync() => Patience.ForAsync(_requests.Reader.ReadAsync().AsTask(), () => "a request at the upstream");

    /// <summary>How many requests came and were not taken by <see cref="NextRequestAsync"/>.</summary>
    public int RequestsWaiting => _requests.Reader.Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var serving = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
                _serving[serving] = true;
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
            client.NoDelay = true;
            try
            {
                var stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    _requests.Writer.TryWrite(request);
                    var exchange = new UpstreamExchange(stream, request, _stopping.Token);
                    await _serve(exchange);
                    if (exchange.IsLast)
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // the server under test gave up on the request, or the test is over
            }
        }
    }

    private async Task<UpstreamRequest?> ReadRequestAsync(NetworkStream stream)
    {
        if (await ReadHeadAsync(stream) is not { } head)
        {
            return null;
        }

        var lines = head.Split("\r\n");
        var line = lines[0].Split(' ');
        if (line.Length != 3)
        {
            return null; // no HTTP: the first bytes of TLS, for instance
        }

        List<KeyValuePair<string, string>> headers =
            [.. lines.Skip(1).Where(text => text.Length > 0).Select(text => KeyValuePair.Create(text[..text.IndexOf(':')], text[(text.IndexOf(':') + 1)..].Trim()))];
        var length = headers.Find(header => header.Key.Equals("content-length", StringComparison.OrdinalIgnoreCase)).Value;
        var body = new byte[int.Parse(length ?? "0", System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _stopping.Token);
        return new UpstreamRequest(line[0], line[1], headers, body);
    }

    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0 || (head.Length == 0 && !char.IsAsciiLetter((char)one[0])))
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
