namespace ExecActors.Integration.Tests.Replay;

/// <summary>One connection of a replay: takes every message in the order of arrival and files it by what it is about.</summary>
public sealed class ReplayConnection(WireClient client) : IAsyncDisposable
{
    private readonly Dictionary<string, Queue<JObject>> _answers = [];
    private readonly Queue<JObject> _others = [];
    private readonly List<string> _answered = [];
    private readonly List<string> _posted = [];
    private readonly HashSet<string> _starting = [];
    private readonly HashSet<string> _started = [];

    /// <summary>The streamed bodies that came, by request id, one after the other.</summary>
    public Dictionary<string, List<BodyLedger>> Bodies { get; } = [];

    /// <summary>The client underneath.</summary>
    public WireClient Client => client;

    /// <summary>Finds the ledger of a process of the attached session; set once the session is known.</summary>
    public Func<string, ProcessLedger> Ledger { get; set; } = _ => throw new InvalidOperationException("a notification came before there was a session");

    /// <summary>The session's id as recorded; empty before the handshake.</summary>
    public string RecordedSession { get; set; } = "";

    /// <summary>Sends a message of the recording, and remembers which requests need not wait for anything.</summary>
    public async Task SendAsync(JToken message)
    {
        var (method, id) = message is JObject request ? ((string?)(request["method"] as JValue), request["id"]) : (null, null);
        if (id is not null && method is not null && !MayWait(method, message))
        {
            _posted.Add(Key(id));
        }

        if (method == "process/start" && message["params"] is JObject { } start && start["processId"] is { } processId
            && !_started.Contains(processId.ToString()))
        {
            _starting.Add(processId.ToString());
        }

        await client.SendAsync(message);
    }

    /// <summary>Waits for the answer with this id.</summary>
    public async Task<JObject> AnswerAsync(JToken id)
    {
        var key = Key(id);
        await TakeUntilAsync(() => _answers.TryGetValue(key, out var queue) && queue.Count > 0, () => $"the answer to {id}");
        return _answers[key].Dequeue();
    }

    /// <summary>Waits for the next notification that is about no process.</summary>
    public async Task<JObject> OtherNotificationAsync(string method)
    {
        await TakeUntilAsync(() => _others.Count > 0, () => method);
        return _others.Dequeue();
    }

    /// <summary>Takes messages until something holds.</summary>
    public async Task TakeUntilAsync(Func<bool> done, Func<string> awaited)
    {
        while (!done())
        {
            Take(await client.NextAsync(_ => true, awaited));
        }
    }

    /// <summary>Takes all that the server has sent before the answer to one last request, and checks that nothing was left over.</summary>
    public async Task AssertNothingElseAsync()
    {
        await client.SendAsync(new JObject { ["id"] = "end-of-replay", ["method"] = "no/such" });
        await AnswerAsync("end-of-replay");
        Assert.All(_answers, entry => Assert.True(entry.Value.Count == 0, $"an answer that was not recorded: {string.Join(' ', entry.Value)}"));
        Assert.Empty(_others);
    }

    /// <summary>Checks that requests that need not wait were answered in the order they were sent.</summary>
    public void AssertOrder() =>
        Assert.Equal(_posted.Where(_answered.Contains).Distinct(), _answered.Where(_posted.Contains).Distinct());

    /// <summary>Whether this is an event in the numbering of a process.</summary>
    public static bool IsNumbered(JObject message) => message["id"] is null && ((string)message["method"]!).StartsWith("process/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    private void Take(JObject message)
    {
        if (message["method"] is null)
        {
            var key = Key(message["id"]!);
            _answered.Add(key);
            (_answers.TryGetValue(key, out var queue) ? queue : _answers[key] = new Queue<JObject>()).Enqueue(message);
            if (message["result"]?["sandboxType"] is not null)
            {
                var started = (string)message["result"]!["processId"]!;
                _starting.Remove(started);
                _started.Add(started);
            }

            return;
        }

        Assert.Equal(["method", "params"], message.Properties().Select(member => member.Name).Where(name => name != "id" || !ServerUnderTest.IsReference));
        if ((string?)message["method"] == "http/request/bodyDelta")
        {
            var delta = (JObject)message["params"]!;
            BodyLedger.Next(Bodies, (string)delta["requestId"]!).Add(delta);
            return;
        }

        if (message["params"]!["processId"] is not { } processId || !IsNumbered(message))
        {
            _others.Enqueue(message);
            return;
        }

        var ledger = Ledger((string)processId!);
        if (!ServerUnderTest.IsReference && ledger.Count == 0)
        {
            Differences.Use("start-response-first");
            Assert.False(_starting.Contains((string)processId!), $"a notification came before the answer to the start of '{processId}'");
        }

        ledger.AddNotification(message);
    }

    private static bool MayWait(string method, JToken message) =>
        method is "process/start" or "process/write" or "http/request" || method.StartsWith("fs/", StringComparison.Ordinal)
        || (method == "process/read" && (message["params"] as JObject)?["waitMs"] is { Type: JTokenType.Integer } wait && (long)wait > 0);

    private static string Key(JToken id) => $"{id.Type}:{id}";
}
