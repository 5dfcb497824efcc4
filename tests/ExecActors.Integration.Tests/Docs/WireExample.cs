using System.Text.RegularExpressions;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>Runs one example of the document against a server.</summary>
public sealed partial class WireExample(DocumentBlock block, ServerProcess server) : IAsyncDisposable
{
    private readonly Dictionary<string, WireClient> _clients = [];
    private readonly Dictionary<string, string> _values = [];
    private readonly ExamplePlaces _places = new();

    /// <summary>Runs it to its end; what came and was not in the example is an error.</summary>
    public async Task RunAsync()
    {
        await ConnectAsync("A");
        foreach (var line in block.Lines)
        {
            try
            {
                await RunLineAsync(line);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"PROTOCOL.md, the example at line {block.Line} ({block.Heading}): {line}: {exception.Message}", exception);
            }
        }

        foreach (var client in _clients.Values.Where(client => client.Pipe.Ending is null))
        {
            await client.SendAsync("""{"id":"end-of-example","method":"no/such"}""");
            var last = await client.NextAsync();
            Assert.True((string?)last?["id"] == "end-of-example", $"PROTOCOL.md, the example at line {block.Line}: not in the example: {last}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }

        await _places.DisposeAsync();
    }

    private async Task RunLineAsync(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, "no line of an example");
        var name = match.Groups["name"].Success ? match.Groups["name"].Value : "A";
        var text = match.Groups["text"].Value;
        switch (match.Groups["what"].Value)
        {
            case "connects":
                await ConnectAsync(name);
                break;
            case "->":
                await SendAsync(_clients[name], Substitute(text));
                break;
            case "<-" when text.StartsWith("close ", StringComparison.Ordinal):
                var ending = await _clients[name].EndingAsync();
                Assert.Equal(text, $"close {ending.CloseCode}");
                Assert.NotEqual("", ending.Reason);
                break;
            default:
                await ExpectAsync(_clients[name], JObject.Parse(Substitute(text)));
                break;
        }
    }

    private async Task ConnectAsync(string name)
    {
        var isBare = block.Info.EndsWith(" bare", StringComparison.Ordinal);
        _clients[name] = isBare ? await WireClient.ConnectAsync(server) : await WireClient.OpenAsync(server);
    }

    private static Task SendAsync(WireClient client, string text)
    {
        try
        {
            return client.SendAsync(JToken.Parse(text));
        }
        catch (Newtonsoft.Json.JsonReaderException)
        {
            return client.SendAsync(text); // an example of what cannot be read
        }
    }

    private async Task ExpectAsync(WireClient client, JObject expected)
    {
        var actual = await client.NextAsync(
            message => JToken.DeepEquals(message["id"], expected["id"]) && JToken.DeepEquals(message["method"], expected["method"]),
            () => expected.ToString(Newtonsoft.Json.Formatting.None));
        Assert.True(Matches(expected, actual), $"found {actual.ToString(Newtonsoft.Json.Formatting.None)}");
    }

    private bool Matches(JToken expected, JToken? actual)
    {
        switch (expected, actual)
        {
            case (_, null):
                return false;
            case ({ Type: JTokenType.String }, _) when (string?)expected is "$any":
                return true;
            case ({ Type: JTokenType.String }, { Type: JTokenType.String }) when ((string)expected!).StartsWith('$'):
                _values[(string)expected!] = (string)actual!;
                return true;
            case (JObject left, JObject right):
                return left.Count == right.Count && left.Properties().All(member => Matches(member.Value, right[member.Name]));
            case (JArray left, JArray right):
                return left.Count == right.Count && left.Zip(right).All(pair => Matches(pair.First, pair.Second));
            default:
                return JToken.DeepEquals(expected, actual);
        }
    }

    private string Substitute(string text) =>
        _values.Aggregate(_places.Substitute(text), (current, value) => current.Replace(value.Key, value.Value, StringComparison.Ordinal));

    [GeneratedRegex(@"^((?<name>[A-Z]) )?(?<what>->|<-|connects)( (?<text>.+))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
