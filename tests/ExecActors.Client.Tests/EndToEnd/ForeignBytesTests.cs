using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>Variables, directories and arguments are bytes: they are carried as they are, or refused with their name.</summary>
public class ForeignBytesTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    private const string ShowVariable = "printf %s \"$BAD\" | od -An -tx1";
    private const string EnterDirectory = "d=$(printf 'd/x\\376') && mkdir -p \"$d\" && cd \"$d\"";

    private static readonly Dictionary<string, string> _variables = new() { ["BAD"] = NativeText.FromBytes([0x61, 0xFF, 0x62]) };

    [Fact]
    public async Task A_variable_reaches_the_command_of_a_private_server_byte_for_byte()
    {
        using var run = fixture.Start(remote: false, ["--", "sh", "-c", ShowVariable], _variables);
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(" 61 ff 62\n", run.Stdout);
    }

    [Fact]
    public async Task A_variable_of_a_server_that_listens_reaches_its_processes_byte_for_byte()
    {
        using var server = RunningProgram.Start(fixture.Host, [Binary.Path, "serve", "--log-level", "warning"], _variables);
        var url = await server.FirstLineAsync();
        using var run = fixture.Start(Binary.Path, "run", "--url", url, "--", "sh", "-c", ShowVariable);
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(" 61 ff 62\n", run.Stdout);
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_is_carried_too()
    {
        var variables = new Dictionary<string, string> { [NativeText.FromBytes([0x4E, 0xFE])] = "v", ["N\uFFFD"] = "w" };
        using var run = fixture.Start(remote: false, ["--", "cat", "/proc/self/environ"], variables); // a shell would drop it
        Assert.Equal(0, await run.FinishAsync());
        Assert.InRange(run.StdoutBytes.AsSpan().IndexOf(new byte[] { 0x4E, 0xFE, (byte)'=', (byte)'v', 0 }), 0, int.MaxValue);
        Assert.InRange(run.StdoutBytes.AsSpan().IndexOf("N\uFFFD=w\0"u8), 0, int.MaxValue);
    }

    [Theory]
    [InlineData(new[] { "run", "--", "printf", "%s", "BAD" }, 5)]
    [InlineData(new[] { "run", "--env", "K=BAD", "--", "true" }, 3)]
    [InlineData(new[] { "run", "--cwd", "/tmp/BAD", "--", "true" }, 3)]
    [InlineData(new[] { "serve", "--config", "BAD" }, 3)]
    public async Task An_argument_that_is_not_UTF_8_is_refused_and_named(string[] arguments, int place)
    {
        using var run = fixture.Start([Binary.Path, .. arguments.Select(argument => argument.Replace("BAD", _variables["BAD"], StringComparison.Ordinal))]);
        Assert.Equal(2, await run.FinishAsync());
        Assert.Equal("", run.Stdout);
        Assert.StartsWith($"error: argument {place}, '", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("a\\xFFb", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_character_is_an_argument_like_any_other()
    {
        using var run = fixture.Run(remote: false, "--", "printf", "%s", "a\uFFFDb");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("a\uFFFDb", run.Stdout);
    }

    [Fact]
    public async Task A_server_tells_the_directory_it_works_in_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        using var server = fixture.Start(Shell.After($"cd '{folder.Path}' && {EnterDirectory}", Binary.Path, "serve", "--log-level", "warning"));
        var url = new Uri(await server.FirstLineAsync());
        await using (var client = await ExecClient.ConnectAsync(url))
        {
            Assert.Equal($"file://{folder.Path}/d/x%FE", client.EnvironmentInfo!.Cwd);
        }

        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
        await RemoveAsync(folder);
    }

    [Fact]
    public async Task A_command_runs_in_our_directory_whatever_its_name()
    {
        using var folder = new TemporaryFolder();
        using var run = fixture.Start(Shell.After($"cd '{folder.Path}' && {EnterDirectory}", Binary.Path, "run", "--", "sh", "-c", "pwd | tail -c 3 | od -An -tx1"));
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(" 78 fe 0a\n", run.Stdout);
        await RemoveAsync(folder);
    }

    [Fact]
    public async Task A_client_refuses_text_that_no_message_can_carry()
    {
        await using var client = await ExecClient.ConnectAsync(new Uri(fixture.Url));
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => client.StartProcessAsync(new ProcessStartRequest { Command = ["printf", "\uD800"] }));
        Assert.Contains("argument 1 of the command", refusal.Message, StringComparison.Ordinal);
    }

    // The framework cannot name what is in it.
    private async Task RemoveAsync(TemporaryFolder folder)
    {
        using var removal = fixture.Start("rm", "-r", $"{folder.Path}/d");
        Assert.Equal(0, await removal.FinishAsync());
    }
}
