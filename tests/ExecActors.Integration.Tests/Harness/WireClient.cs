using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Newtonsoft.Json;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>One connection seen as messages: sends any text, waits for the message that matches, keeps the others in order.</summary>
/// <remarks>Disposing terminates the processes it started that still run, so that a failed test leaves none behind, then closes the connection.</remarks>
public sealed partial class WireClient : IAsyncDisposable
{
    private readonly Channel<JObject> _incoming = Channel.CreateUnbounded<JObject>();
    private readonly LinkedList<JObject> _backlog = new();
    private readonly ConcurrentDictionary<string, bool> _running = new();
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _pump;
    private long _lastId;
    private bool _isDisposed;

    private WireClient(MessagePipe pipe)
    {
        Pipe = pipe;
        _pump = PumpAsync();
    }

    /// <summary>The transport.</summary>
    public MessagePipe Pipe { get; }

    /// <summary>The WebSocket underneath.</summary>
    public RawWebSocket Socket => ((WebSocketPipe)Pipe).Socket;

    /// <summary>The session, once <see cref="InitializeAsync"/> has succeeded.</summary>
    public string SessionId { get; private set; } = "";

    /// <summary>A connection on which nothing has been sent.</summary>
    public static Task<WireClient> ConnectAsync(ServerProcess server, IReadOnlyDictionary<string, string>? headers = null) =>
        ConnectAsync(server.Endpoint, headers);

    /// <inheritdoc cref="ConnectAsync(ServerProcess, IReadOnlyDictionary{string, string})"/>
    public static async Task<WireClient> ConnectAsync(System.Net.IPEndPoint endpoint, IReadOnlyDictionary<string, string>? headers = null) =>
        new(new WebSocketPipe(await RawWebSocket.ConnectAsync(endpoint, headers: headers)));

    /// <summary>A client over a server's standard input and output.</summary>
    public static WireClient OverStdio(ServerProcess server) => new(new StdioPipe(server));

    /// <summary>A connection whose handshake is done.</summary>
    public static async Task<WireClient> OpenAsync(ServerProcess server, string? resume = null)
    {
        var client = await ConnectAsync(server);
        await client.InitializeAsync(resume);
        return client;
    }

    /// <summary><c>initialize</c> and <c>initialized</c>. A session that is still attached elsewhere is asked for again, as clients do.</summary>
    /// <returns>The result of <c>initialize</c>.</returns>
    public async Task<JObject> InitializeAsync(string? resume = null)
    {
        var parameters = new JObject { ["clientName"] = "integration-tests", ["resumeSessionId"] = resume };
        var answer = await RequestAsync("initialize", parameters);
        for (var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
            resume is not null && (int?)answer["error"]?["code"] == ErrorCode.SessionAttached && Environment.TickCount64 < patience;)
        {
            answer = await RequestAsync("initialize", parameters);
        }

        var result = answer["result"] as JObject ?? throw new InvalidOperationException($"initialize was refused: {answer}");
        SessionId = (string)result["sessionId"]!;
        await SendAsync(new JObject { ["method"] = "initialized", ["params"] = new JObject() });
        return result;
    }

    /// <summary>Sends a text as it is.</summary>
    public Task SendAsync(string text) => Pipe.SendAsync(text);

    /// <summary>Sends a message.</summary>
    public Task SendAsync(JToken message)
    {
        if ((string?)message.SelectToken("method") == "process/start" && message.SelectToken("params.processId") is { Type: JTokenType.String } id)
        {
            _running[(string)id!] = true;
        }

        return Pipe.SendAsync(message.ToString(Formatting.None));
    }

    /// <summary>Sends a request with the next id and returns the id.</summary>
    public async Task<long> PostAsync(string method, JToken? parameters = null)
    {
        var id = ++_lastId;
        var request = new JObject { ["id"] = id, ["method"] = method };
        if (parameters is not null)
        {
            request["params"] = parameters;
        }

        await SendAsync(request);
        return id;
    }

    /// <summary>Sends a request and waits for its answer, a success or a failure.</summary>
    public async Task<JObject> RequestAsync(string method, JToken? parameters = null) => await AnswerAsync(await PostAsync(method, parameters));

    /// <summary>Sends a request that has to succeed.</summary>
    /// <returns>Its <c>result</c>.</returns>
    public async Task<JObject> ResultAsync(string method, JToken? parameters = null) => ResultOf(await RequestAsync(method, parameters));

    /// <summary>Sends a request that has to fail.</summary>
    /// <returns>Its <c>error</c>.</returns>
    public async Task<WireError> ErrorAsync(string method, JToken? parameters = null) => WireError.Of(await RequestAsync(method, parameters));

    /// <summary>The answer with this id, type included.</summary>
    public Task<JObject> AnswerAsync(JToken id) =>
        NextAsync(message => message["method"] is null && JToken.DeepEquals(message["id"], id), () => $"the answer to request {id}");

    /// <summary>The <c>result</c> of a success.</summary>
    public static JObject ResultOf(JObject answer) =>
        answer["result"] as JObject ?? throw new InvalidOperationException($"a success was expected: {answer.ToString(Formatting.None)}");

    /// <summary>The next notification of this method about this process.</summary>
    public async Task<JObject> NotificationAsync(string method, string processId) =>
        (JObject)(await NextAsync(
            message => (string?)message["method"] == method && (string?)message["params"]!["processId"] == processId,
            () => $"{method} for '{processId}'"))["params"]!;

    /// <summary>The first message kept or coming that matches; the others stay, in order.</summary>
    /// <exception cref="IOException">The connection ended before.</exception>
    public async Task<JObject> NextAsync(Func<JObject, bool> matches, Func<string> awaited)
    {
        for (var node = _backlog.First; node is not null; node = node.Next)
        {
            if (matches(node.Value))
            {
                _backlog.Remove(node);
                return node.Value;
            }
        }

        while (true)
        {
            if (await NextIncomingAsync(awaited) is not { } message)
            {
                throw new IOException($"the connection ended ({Pipe.Ending}) before {awaited()}; kept: {Kept()}");
            }

            if (matches(message))
            {
                return message;
            }

            _backlog.AddLast(message);
        }
    }

    /// <summary>The next message of any kind; null when the connection has ended.</summary>
    public async Task<JObject?> NextAsync()
    {
        if (_backlog.First is { } first)
        {
            _backlog.RemoveFirst();
            return first.Value;
        }

        return await NextIncomingAsync(() => "a message");
    }

    /// <summary>Waits until the server has ended the connection.</summary>
    public async Task<Ending> EndingAsync()
    {
        await Patience.ForAsync(_pump, () => "the end of the connection");
        return Pipe.Ending!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_pump.IsCompleted && SessionId.Length > 0)
        {
            await TerminateAllAsync();
        }

        await _disposing.CancelAsync();
        await Pipe.DisposeAsync();
        await _pump;
        _disposing.Dispose();
    }

    private async Task TerminateAllAsync()
    {
        try
        {
            foreach (var (processId, _) in _running)
            {
                if ((bool?)(await RequestAsync("process/terminate", new JObject { ["processId"] = processId }))["result"]?["running"] == true)
                {
                    await NotificationAsync("process/closed", processId);
                }
            }
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            // The test has failed already or the server is gone; the class's leak check says what was left.
        }
    }

    private async Task<JObject?> NextIncomingAsync(Func<string> awaited) =>
        await Patience.ForAsync(_incoming.Reader.WaitToReadAsync().AsTask(), () => $"{awaited()}; kept: {Kept()}") && _incoming.Reader.TryRead(out var message)
            ? message
            : null;

    private async Task PumpAsync()
    {
        try
        {
            while (await Pipe.ReceiveAsync(_disposing.Token) is { } text)
            {
                var message = Parse(text);
                if ((string?)message["method"] == "process/closed")
                {
                    _running.TryRemove((string)message["params"]!["processId"]!, out _);
                }

                _incoming.Writer.TryWrite(message);
            }

            _incoming.Writer.Complete();
        }
        catch (OperationCanceledException)
        {
            _incoming.Writer.Complete(); // disposed: whoever still waits is told that the connection ended
        }
        catch (Exception exception)
        {
            _incoming.Writer.Complete(exception);
        }
    }

    private static JObject Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
        var message = JObject.Load(reader, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error });
        Assert.Null(message["jsonrpc"]);
        return message;
    }

    private string Kept() =>
        string.Create(CultureInfo.InvariantCulture, $"{_backlog.Count} {string.Join(' ', _backlog.Take(5).Select(message => Shorten(message.ToString(Formatting.None))))}");

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
