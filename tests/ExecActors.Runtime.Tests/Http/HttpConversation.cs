using System.Text;

using Akka.Actor;
using Akka.TestKit;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Http;
using ExecActors.Runtime.Settings;
using ExecActors.Testing;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>The session's side of an HttpActor: JSON in, answers and notifications out.</summary>
internal sealed class HttpConversation(IActorRef actor, TestProbe session, long epoch)
{
    private readonly List<ServiceProtocol.Answer> _answers = [];
    private readonly Queue<(HttpProtocol.Delta Delta, IActorRef Sender)> _deltas = new();
    private readonly HashSet<long> _answered = [];
    private readonly RequestWindow _window = new(ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits, new Outbox());

    public IActorRef Actor => actor;

    public TestProbe Session => session;

    /// <summary>Streams asked for.</summary>
    public int Streams { get; private set; }

    /// <summary>An http/request.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="url">Its URL.</param>
    /// <param name="more">Further members, with a comma before each.</param>
    /// <param name="method">Its method.</param>
    /// <param name="requestId">Its requestId.</param>
    public void Send(int id, string url, string more = "", string method = "GET", string requestId = "r") =>
        SendParams(id, $$"""{"method":"{{method}}","url":"{{url}}","requestId":"{{requestId}}"{{more}}}""");

    public void Stream(int id, string url, string requestId = "s", string more = "") => Send(id, url, ",\"streamResponse\":true" + more, requestId: requestId);

    public void SendParams(int id, string json, long? ofEpoch = null)
    {
        var frame = ByteLease.CopyOf(Encoding.UTF8.GetBytes(json));
        Assert.True(HttpRequestParams.TryDecode(frame.Memory, out var request, out var error), error.Message);
        Streams += request.StreamResponse ? 1 : 0;
        var body = request.BodyBase64 is { } base64 ? PayloadBytes.Encoded(frame, base64) : null;
        actor.Tell(new HttpProtocol.Request(Ref(id, ofEpoch), request, body), session.Ref);
    }

    public void Cancel(int id, string requestId) => actor.Tell(new HttpProtocol.Cancel(Ref(id), new HttpCancelParams(requestId)), session.Ref);

    /// <summary>Sends and waits for the answer.</summary>
    public Task<string> AskAsync(int id, string url, string more = "", string method = "GET")
    {
        Send(id, url, more, method);
        return AnswerAsync(id);
    }

    /// <summary>The answer to a request.</summary>
    public async Task<string> AnswerAsync(int id)
    {
        int index;
        while ((index = _answers.FindIndex(answer => answer.Request.Id.Number == id)) < 0)
        {
            await ReceiveAsync();
        }

        using var frame = _answers[index].Frame;
        _answers.RemoveAt(index);
        return Encoding.UTF8.GetString(frame.Span);
    }

    /// <summary>The answer that comes next, to whichever request.</summary>
    public async Task<string> AnyAnswerAsync()
    {
        while (_answers.Count == 0)
        {
            await ReceiveAsync();
        }

        return await AnswerAsync((int)_answers[0].Request.Id.Number);
    }

    /// <summary>The result of a request that succeeded.</summary>
    public async Task<JToken> ResultAsync(int id)
    {
        var answer = await AnswerAsync(id);
        return JObject.Parse(answer)["result"] ?? throw new InvalidOperationException(answer);
    }

    /// <summary>The body of a result, as Latin-1.</summary>
    public async Task<string> BodyAsync(int id) => Text((string)(await ResultAsync(id))["bodyBase64"]!);

    /// <summary>The next notification; it is not admitted before <see cref="Admit"/>.</summary>
    public async Task<string> DeltaAsync()
    {
        while (_deltas.Count == _seen)
        {
            await ReceiveAsync();
        }

        return Encoding.UTF8.GetString(_deltas.ElementAt(_seen++).Delta.Frame.Span);
    }

    /// <summary>Admits the oldest notification.</summary>
    public void Admit()
    {
        var (delta, sender) = _deltas.Dequeue();
        _seen--;
        delta.Frame.Dispose();
        sender.Tell(new ServiceProtocol.Admitted(delta.Epoch, delta.Bytes), session.Ref);
    }

    /// <summary>Has those that were looked at and not admitted come again.</summary>
    public void Rewind() => _seen = 0;

    /// <summary>Takes and admits notifications to the last: their bytes, and what the last one says.</summary>
    public async Task<(byte[] Body, string? Error, int Deltas)> DrainAsync()
    {
        using var body = new MemoryStream();
        for (var seq = 1; ; seq++)
        {
            var delta = JObject.Parse(await DeltaAsync())["params"]!;
            Assert.Equal(seq, (int)delta["seq"]!);
            await body.WriteAsync(Convert.FromBase64String((string)delta["deltaBase64"]!));
            Admit();
            if ((bool)delta["done"]!)
            {
                return (body.ToArray(), (string?)delta["error"], seq);
            }
        }
    }

    /// <summary>Takes answers that are there.</summary>
    public async Task DrainAnswersAsync(params int[] ids)
    {
        foreach (var id in ids)
        {
            await AnswerAsync(id);
        }
    }

    /// <summary>Nothing has come that was not asked for. After the actors have settled.</summary>
    public async Task NothingAsync()
    {
        while (session.HasMessages)
        {
            await ReceiveAsync();
        }

        Assert.Empty(_answers);
        Assert.Equal(_seen, _deltas.Count);
    }

    /// <summary>A delta as it stands on the wire.</summary>
    public static string Delta(string requestId, int seq, string text, bool done = false, string? error = null) =>
        $$$"""{"method":"http/request/bodyDelta","params":{"requestId":"{{{requestId}}}","seq":{{{seq}}},"deltaBase64":"{{{Base64(text)}}}","done":{{{(done ? "true" : "false")}}},"error":{{{(error is null ? "null" : $"\"{error}\"")}}}}}""";

    public static string Base64(string latin1) => Convert.ToBase64String(Encoding.Latin1.GetBytes(latin1));

    public static string Text(string base64) => Encoding.Latin1.GetString(Convert.FromBase64String(base64));

    private int _seen;

    private RequestRef Ref(int id, long? ofEpoch = null) => new(ofEpoch ?? epoch, id, RequestId.FromNumber(id), _window);

    private async Task ReceiveAsync()
    {
        switch (await session.ReceiveOneAsync(TestTimeouts.Default))
        {
            case ServiceProtocol.Answer answer when _answered.Add(answer.Request.Ticket):
                _answers.Add(answer);
                break;
            case ServiceProtocol.Answer second:
                second.Frame.Dispose(); // as the session does
                break;
            case HttpProtocol.Delta delta:
                _deltas.Enqueue((delta, session.LastSender));
                break;
            case null:
                throw new TimeoutException("the session was told nothing");
            case var other:
                throw new InvalidOperationException($"the session was told {other}");
        }
    }
}
