using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary><c>execactors run</c>: its command line.</summary>
public class RunOptionsTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    [Fact]
    public async Task Everything_behind_the_dashes_is_the_command_s_own()
    {
        string[] arguments = ["--help", "-h", "--env", "--", "", "@file", "--url=x", "a b"];
        using var run = fixture.Run(remote: false, ["--", "printf", "<%s>", .. arguments]);
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal(string.Concat(arguments.Select(argument => $"<{argument}>")), run.Stdout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Variables_and_the_directory_reach_the_command(bool remote)
    {
        using var run = fixture.Run(
            remote, "--env", "A=1", "--env", "B=x y=z", "--env", "A=2", "--env", "EMPTY=", "--env", "MY_TOKEN=t", "--cwd", "/usr", "--", "sh", "-c", "echo $A/$B/${EMPTY-unset}/$MY_TOKEN; pwd");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("2/x y=z//t\n/usr\n", run.Stdout);
    }

    [Fact]
    public async Task On_a_private_server_the_command_gets_our_environment_and_directory()
    {
        var ours = new Dictionary<string, string> { ["SOME_API_KEY"] = "k", ["PLAIN"] = "p" };
        using var run = fixture.Start(remote: false, ["--", "sh", "-c", "echo $SOME_API_KEY$PLAIN; pwd"], ours);
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal($"kp\n{Directory.GetCurrentDirectory()}\n", run.Stdout);
    }

    [Fact]
    public async Task A_relative_directory_is_ours()
    {
        using var run = fixture.Run(remote: false, "--cwd", "..", "--", "pwd");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal($"{Path.GetFullPath("..")}\n", run.Stdout);
    }

    [Fact]
    public async Task On_a_server_that_listens_the_command_gets_that_ones_environment_without_secrets()
    {
        var variables = new Dictionary<string, string> { ["SOME_API_KEY"] = "k", ["PLAIN"] = "theirs" };
        using var server = RunningProgram.Start(fixture.Host, [Binary.Path, "serve", "--log-level", "warning"], variables);
        var url = await server.FirstLineAsync();
        using var run = RunningProgram.Start(
            fixture.Host, [Binary.Path, "run", "--url", url, "--", "sh", "-c", "echo ${SOME_API_KEY-none} $PLAIN"], new Dictionary<string, string> { ["PLAIN"] = "ours" });
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("none theirs\n", run.Stdout);
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task A_server_that_wants_a_token_gets_it_from_a_file_or_the_environment()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "  secret-1\n");
        using var server = fixture.Start(Binary.Path, "serve", "--log-level", "error", "--ws-auth", "capability-token", "--ws-token-file", file);
        var url = await server.FirstLineAsync();

        using var fromFile = fixture.Start(Binary.Path, "run", "--url", url, "--token-file", file, "--", "true");
        Assert.Equal(0, await fromFile.FinishAsync());
        var variables = new Dictionary<string, string> { ["EXECACTORS_TOKEN"] = "secret-1" };
        using var fromVariable = RunningProgram.Start(fixture.Host, [Binary.Path, "run", "--url", url, "--", "true"], variables);
        Assert.Equal(0, await fromVariable.FinishAsync());

        using var without = fixture.Start(Binary.Path, "run", "--url", url, "--", "true");
        Assert.Equal(1, await without.FinishAsync());
        Assert.Equal(
            $"execactors: cannot connect to {url}/: the server there answered with HTTP status 401\nIt wants a token: name its file with --token-file, or set EXECACTORS_TOKEN.\n",
            without.Stderr);
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
    }

    [Fact]
    public async Task Where_nobody_listens_we_say_so_and_what_helps()
    {
        using var run = fixture.Start(Binary.Path, "run", "--url", "ws://127.0.0.1:1", "--", "true");
        Assert.Equal(1, await run.FinishAsync());
        Assert.StartsWith("execactors: cannot connect to ws://127.0.0.1:1/: Connection refused\nIs a server running there?", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needs a command", "run")]
    [InlineData("a directory that is relative", "run --url ws://127.0.0.1:1 --cwd here -- true")]
    [InlineData("an address of another kind", "run --url http://127.0.0.1:1 -- true")]
    [InlineData("a token without a server", "run --token-file /etc/hostname -- true")]
    [InlineData("no assignment", "run --env A -- true")]
    [InlineData("no name", "run --env =A -- true")]
    public async Task A_wrong_command_line_gives_2(string what, string line)
    {
        using var run = fixture.Start([Binary.Path, .. line.Split(' ')]);
        Assert.Equal((what, 2), (what, await run.FinishAsync()));
        Assert.Contains("try: execactors run --help", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_does_not_exist_is_named()
    {
        using var run = fixture.Run(remote: false, "--cwd", "/no/such/directory", "--", "true");
        Assert.Equal(1, await run.FinishAsync());
        Assert.StartsWith("execactors: the working directory /no/such/directory does not exist\n", run.Stderr, StringComparison.Ordinal);
    }
}
