namespace ExecActors.Integration.Tests.Docs;

/// <summary>What <c>$folder</c>, <c>$path</c> and <c>$upstream</c> stand for in the document's examples, made anew for each.</summary>
public sealed class ExamplePlaces : IAsyncDisposable
{
    private readonly FileTree _tree = new();

    private readonly HttpUpstream _upstream = new(exchange => exchange.Request.Target switch
    {
        "/moved" => exchange.AnswerAsync("302 Found", "", "location: /hello"),
        "/endless" => TickAsync(exchange),
        _ => exchange.AnswerAsync("200 OK", "hello", "content-type: text/plain"),
    });

    /// <summary>The names and what they stand for.</summary>
    public IReadOnlyDictionary<string, string> Values => new Dictionary<string, string>
    {
        ["$folder"] = _tree.Uri(),
        ["$path"] = _tree.Root,
        ["$upstream"] = _upstream.Url(""),
    };

    /// <summary>A text with the names replaced.</summary>
    public string Substitute(string text) => Values.Aggregate(text, (current, value) => current.Replace(value.Key, value.Value, StringComparison.Ordinal));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _tree.Dispose();
        await _upstream.DisposeAsync();
    }

    private static async Task TickAsync(UpstreamExchange exchange)
    {
        await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ntick");
        await exchange.PeerClosedAsync();
    }
}
