using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>What tests of <c>http/request</c> share: a web server of their own and requests to it in few words.</summary>
public abstract class HttpTests : WireTests
{
    /// <summary>Starts the upstream; it answers 200 with <c>ok</c> until a test says otherwise.</summary>
    protected HttpTests(ServerFixture fixture)
        : base(fixture) => Upstream = new HttpUpstream(exchange => Serve(exchange));

    /// <summary>The upstream.</summary>
    protected HttpUpstream Upstream { get; }

    /// <summary>How it answers.</summary>
    protected Func<UpstreamExchange, Task> Serve { get; set; } = exchange => exchange.AnswerAsync("200 OK", "ok");

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Params of a GET.</summary>
    /// <param name="path">A path of the upstream, or a whole URL.</param>
    /// <param name="members">Further members as JSON, or others in place of the usual.</param>
    protected JObject RequestParams(string path, string members = "{}")
    {
        var parameters = new JObject { ["method"] = "GET", ["url"] = path.StartsWith('/') ? Upstream.Url(path) : path, ["requestId"] = "r" };
        parameters.Merge(JObject.Parse(members), new JsonMergeSettings { MergeNullValueHandling = MergeNullValueHandling.Merge });
        return parameters;
    }

    /// <summary>Makes a request that has to succeed.</summary>
    protected Task<JObject> AskAsync(string path, string members = "{}") => Client.ResultAsync("http/request", RequestParams(path, members));

    /// <summary>Makes a request that has to be refused.</summary>
    /// <param name="path">A path of the upstream, or a whole URL.</param>
    /// <param name="members">Further members.</param>
    /// <param name="refusal">Code and message; <c>UPSTREAM</c> stands for the upstream.</param>
    protected async Task ExpectRefusalAsync(string path, string members, string refusal) => Compare(
        await Client.RequestAsync("http/request", RequestParams(path, members)), refusal.Replace("UPSTREAM", Upstream.Url(""), StringComparison.Ordinal), path + members);

    /// <summary>The body of a result.</summary>
    protected static string Body(JObject result) => Encoding.UTF8.GetString(Convert.FromBase64String((string)result["bodyBase64"]!));

    /// <summary>The headers of a result as <c>name: value</c>.</summary>
    protected static IReadOnlyList<string> Headers(JObject result) =>
        [.. result["headers"]!.Select(header => $"{(string?)header["name"]}: {(string?)header["value"]}")];

    /// <summary>The next delta of a body; only deltas may come.</summary>
    protected Task<JObject> DeltaAsync(string requestId = "r") => DeltaAsync(Client, requestId);

    /// <summary>The next delta of a body on a connection.</summary>
    protected static async Task<JObject> DeltaAsync(WireClient client, string requestId) =>
        (JObject)(await client.NextAsync(
            message => (string?)message["method"] == "http/request/bodyDelta" && (string?)message["params"]!["requestId"] == requestId,
            () => $"a delta of the body of '{requestId}'"))["params"]!;

    /// <summary>Takes a streamed body to its terminal frame, and checks the numbering.</summary>
    protected async Task<(byte[] Body, string? Error)> BodyAsync(string requestId = "r", long firstSeq = 1)
    {
        using var body = new MemoryStream();
        for (var seq = firstSeq; ; seq++)
        {
            var delta = await DeltaAsync(requestId);
            Assert.Equal(["requestId", "seq", "deltaBase64", "done", "error"], delta.Properties().Select(member => member.Name));
            Assert.Equal(seq, (long)delta["seq"]!);
            body.Write(Convert.FromBase64String((string)delta["deltaBase64"]!));
            if ((bool)delta["done"]!)
            {
                return (body.ToArray(), (string?)delta["error"]);
            }

            Assert.Equal(JTokenType.Null, delta["error"]!.Type);
        }
    }
}
