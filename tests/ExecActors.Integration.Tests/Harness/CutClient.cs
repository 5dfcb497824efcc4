namespace ExecActors.Integration.Tests.Harness;

/// <summary>A client that follows the output of process <c>p</c> as the protocol says: live output, and after each resume reads for what it lacks.</summary>
public sealed class CutClient(ServerProcess server)
{
    private readonly CountingOutput _stream = new();
    private readonly SortedDictionary<long, byte[]> _ahead = []; // came before what is before it
    private RawWebSocket? _socket;
    private long _next = 1; // the number that follows what the stream has
    private long _bytes;
    private int _lastId;

    /// <summary>Numbers that came, in order.</summary>
    public long Received => _next - 1;

    /// <summary>Connects and takes the session; as long as the server holds the old connection for alive, again.</summary>
    public async Task ResumeAsync(string session)
    {
        _ahead.Clear(); // what came early on the old connection is as lost as the rest
        for (var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds; ;)
        {
            _socket = await RawWebSocket.ConnectAsync(server.Endpoint);
            await RequestAsync("initialize", new JObject { ["clientName"] = "cut", ["resumeSessionId"] = session });
            var answer = JObject.Parse((await _socket.NextAsync())!.Text);
            if (answer["result"] is not null)
            {
                break;
            }

            Assert.True((int?)answer["error"]?["code"] == ErrorCode.SessionAttached && Environment.TickCount64 < patience, $"refused: {answer}");
            _socket.Dispose();
        }

        await _socket.SendTextAsync("""{"method":"initialized"}""");
        await AskAsync();
    }

    /// <summary>Takes so many bytes of base64, or a message more.</summary>
    public async Task TakeAsync(long bytes)
    {
        for (_bytes = 0; _bytes < bytes;)
        {
            var frame = await _socket!.NextAsync() ?? throw new IOException($"the connection ended: {_socket.Connection.Ending}");
            await TakeAsync(JObject.Parse(frame.Text));
        }
    }

    /// <summary>Cuts the connection, with whatever is on its way.</summary>
    public void Cut()
    {
        _socket!.Connection.Reset();
        _socket.Dispose();
    }

    private async Task TakeAsync(JObject message)
    {
        if ((string?)message["method"] == "process/output")
        {
            Keep(message["params"]!);
            return;
        }

        var result = WireClient.ResultOf(message);
        Assert.Null(result["firstSeq"]);
        foreach (var chunk in result["chunks"]!)
        {
            Keep(chunk);
        }

        // Until what was read meets what came live.
        if (_ahead.Count > 0 || (long)result["nextSeq"]! > _next)
        {
            await AskAsync();
        }
    }

    private void Keep(JToken chunk)
    {
        var bytes = Convert.FromBase64String((string)chunk["chunk"]!);
        _bytes += bytes.Length * 4 / 3;
        var seq = (long)chunk["seq"]!;
        if (seq < _next || !_ahead.TryAdd(seq, bytes))
        {
            return; // read and live meet
        }

        while (_ahead.Remove(_next, out var next))
        {
            _stream.Add(next, fromStart: true);
            _next++;
        }
    }

    private Task AskAsync() => RequestAsync("process/read", WireClient.ReadParams("p", _next - 1));

    private Task RequestAsync(string method, JObject parameters) =>
        _socket!.SendTextAsync(new JObject { ["id"] = ++_lastId, ["method"] = method, ["params"] = parameters }.ToString(Newtonsoft.Json.Formatting.None));
}
