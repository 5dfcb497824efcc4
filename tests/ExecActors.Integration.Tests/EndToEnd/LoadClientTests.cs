using System.Text.RegularExpressions;
using ExecActors.Testing;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>The load client of scripts/bench.sh: that it measures, fails and refuses as it says. What it measures is not looked at.</summary>
public sealed partial class LoadClientTests : IDisposable
{
    private readonly TemporaryFolder _homes = new();

    private static string ServerCommand => $"{string.Join(' ', ServerUnderTest.Command)} --listen ws://127.0.0.1:{{port}}";

    public void Dispose() => _homes.Dispose();

    [Fact]
    public async Task Two_servers_make_one_table_and_are_ended_with_their_homes()
    {
        var (status, output, error) = await LoadAsync("--first", ServerCommand, "--second", ServerCommand, "--scenario", "resume", "--rounds", "1");

        Assert.True(status == 0, error);
        Assert.Matches(@"\| resume, p50 \| ms \| lower \| [\d.,]+ \([\d.,]+\.\.[\d.,]+\) \| [\d.,]+ \([\d.,]+\.\.[\d.,]+\) \| [\d./]+ \|", output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_homes.Path));
    }

    [Fact]
    public async Task A_server_that_ends_at_once_fails_the_run_with_what_it_said()
    {
        var program = _homes.WriteProgram("server", "#!/bin/sh\necho no such luck >&2\nexit 3\n");

        var (status, output, error) = await LoadAsync("--first", $"{program} {{port}}");

        Assert.Equal((1, ""), (status, output));
        Assert.Contains("ended with status 3 before it listened", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--first is missing", "--rounds", "1")]
    [InlineData("has no {port} in it", "--first", "server")]
    [InlineData("from 1 to 99, not '0'", "--rounds", "0")]
    [InlineData("there is no scenario 'x'; there are: startup", "--scenario", "rpc,x")]
    [InlineData("--home needs a value", "--home")]
    [InlineData("'--other' is not known", "--other")]
    public async Task A_wrong_command_line_is_answered_with_what_is_wrong(string problem, params string[] words)
    {
        var (status, output, error) = await RunAsync(words);

        Assert.Equal((2, ""), (status, output));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_names_the_scenarios_there_are()
    {
        var (_, output, _) = await RunAsync("--help");
        var document = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "PERFORMANCE.md"));

        Assert.Contains($"of these, with commas: {string.Join(", ", DocumentedScenario().Matches(document).Select(row => row.Groups["name"].Value))}\n", output, StringComparison.Ordinal);
    }

    private Task<(int Status, string Output, string Error)> LoadAsync(params string[] words) => RunAsync([.. words, "--home", _homes.Path]);

    private static Task<(int Status, string Output, string Error)> RunAsync(params string[] words) => BenchmarkProgram.RunAsync(["load", .. words]);

    [GeneratedRegex(@"^\| `(?<name>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DocumentedScenario();
}
