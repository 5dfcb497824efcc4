using System.Globalization;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>Every row of the tables of refusals in docs/PROTOCOL.md is answered as it says.</summary>
[Difference("terminal-missing-cwd")]
[Difference("network-rules-refused")]
public sealed class RefusalTableTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string AnyText = "…";

    public static TheoryData<string, string, int, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, int, string>();
            foreach (var table in ProtocolDocument.Instance.Tables("change", "code", "message"))
            {
                var method = table.Heading;
                foreach (var row in table.Rows)
                {
                    data.Add(method, row[0], int.Parse(row[1], CultureInfo.InvariantCulture), row[2].Replace("\\n", "\n", StringComparison.Ordinal));
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Unreadable => [.. ProtocolDocument.Instance.Table("text", "what is wrong").Rows.Select(row => row[0])];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Refused_params_get_their_code_and_text(string method, string change, int code, string message)
    {
        await using var client = method == "initialize" ? await fixture.ConnectAsync() : await fixture.OpenAsync();
        await using var places = new ExamplePlaces();
        var parameters = Changed(FirstParams(method, places), change);
        var error = await client.ErrorAsync(method, parameters);
        Assert.Equal(code, error.Code);
        if (message != AnyText)
        {
            Assert.Equal(message, error.Message);
        }

        if (method == "process/start")
        {
            // A start that failed leaves its id free, and the connection as it was.
            await client.StartAsync(WireClient.StartParams("p", "/bin/true"));
            await client.FinishAsync("p");
        }
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cannot_be_read_is_answered_with_id_minus_one_and_the_connection_goes_on(string text)
    {
        await using var client = await fixture.OpenAsync();
        await client.SendAsync(text);
        var answer = await client.AnswerAsync(-1);
        var error = WireError.Of(answer);
        Assert.Equal(ErrorCode.InvalidRequest, error.Code);
        Assert.Matches(@"^failed to parse websocket JSON-RPC message from exec-server websocket 127\.0\.0\.1:\d+: .+", error.Message);
        Assert.Equal("ready", (string?)(await client.ResultAsync("environment/status"))["status"]);
    }

    private static JToken? FirstParams(string method, ExamplePlaces places)
    {
        var request = ProtocolDocument.Instance.Blocks
            .Where(block => block.Heading == method)
            .SelectMany(block => block.Lines)
            .First(line => line.StartsWith("-> ", StringComparison.Ordinal) && line.Contains($"\"method\":\"{method}\"", StringComparison.Ordinal));
        return JObject.Parse(places.Substitute(request[3..]))["params"];
    }

    private static JObject? Changed(JToken? parameters, string change)
    {
        if (change == "no params")
        {
            return null;
        }

        var changed = (JObject)parameters!.DeepClone();
        if (change.StartsWith("without ", StringComparison.Ordinal))
        {
            Assert.True(changed.Remove(change["without ".Length..]), $"the example has no {change}");
            return changed;
        }

        foreach (var (name, value) in JObject.Parse(change))
        {
            changed[name] = value;
        }

        return changed;
    }
}
