using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ExecActors.Integration.Tests.Replay;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>What tests of single requests share: a connection, a folder, and answers written as the contract's tables write them.</summary>
public abstract partial class WireTests(ServerFixture fixture) : IAsyncLifetime
{
    private WireClient? _client;

    /// <summary>The class's server.</summary>
    protected ServerFixture Fixture => fixture;

    /// <summary>A connection of this test's own, its handshake done.</summary>
    protected WireClient Client => _client ?? throw new InvalidOperationException("the test has not begun");

    /// <summary>A folder of this test's own. In texts, <c>ROOT</c> stands for its path.</summary>
    protected FileTree Tree { get; } = new();

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _client = await fixture.OpenAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        Tree.Dispose();
    }

    /// <summary>Params as text, <c>ROOT</c> put in.</summary>
    protected JToken Params(string json) => JToken.Parse(Here(json));

    /// <summary>A text with the folder's path in the place of <c>ROOT</c>.</summary>
    protected string Here(string text) => text.Replace("ROOT", Tree.Root, StringComparison.Ordinal);

    /// <summary>Sends a request that has to succeed.</summary>
    protected Task<JObject> ResultAsync(string method, string parameters) => Client.ResultAsync(method, Params(parameters));

    /// <summary>Sends a request and compares its outcome.</summary>
    /// <param name="method">Which.</param>
    /// <param name="parameters">Its params.</param>
    /// <param name="outcome">The result, in which <c>"$any"</c> stands for any value; or code and message, <c>…</c> for any message.</param>
    protected async Task ExpectAsync(string method, string parameters, string outcome) =>
        Compare(await Client.RequestAsync(method, Params(parameters)), Here(outcome), $"{method} {Here(parameters)}");

    /// <summary>The content of a file as the server reads it.</summary>
    protected async Task<string> ContentAsync(string name) => Text((await ResultAsync("fs/readFile", $$"""{"path":"{{Tree.Uri(name)}}"}""")), "dataBase64");

    /// <summary>A member that holds base64, decoded.</summary>
    protected static string Text(JObject result, string member) => Encoding.UTF8.GetString(Convert.FromBase64String((string)result[member]!));

    /// <summary>A text as base64.</summary>
    protected static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Compares an answer with an outcome as <see cref="ExpectAsync"/> takes it.</summary>
    protected static void Compare(JObject answer, string outcome, string about)
    {
        if (Refusal().Match(outcome) is not { Success: true } refusal)
        {
            Assert.True(answer["result"] is { } result && Expected.Matches(JToken.Parse(outcome), result), $"{about}: expected {outcome}, found {answer}");
            return;
        }

        Assert.True(answer["error"] is not null, $"{about}: expected {outcome}, found {answer}");
        var error = WireError.Of(answer);
        var message = refusal.Groups["message"].Value;
        Assert.True(
            error.Code == int.Parse(refusal.Groups["code"].Value, CultureInfo.InvariantCulture)
                && (message == "…" || error.Message == message || (ServerUnderTest.IsReference && Number(error.Message) == Number(message))),
            $"{about}: expected {outcome}, found {error}");
    }

    /// <summary>The number of an error of the operating system; the reference server has another C library's words for some.</summary>
    private static string Number(string message) => SystemError().Match(message) is { Success: true } match ? match.Value : message;

    [GeneratedRegex(@"^(?<code>-\d+) (?<message>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Refusal();

    [GeneratedRegex(@"\(os error \d+\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemError();
}
