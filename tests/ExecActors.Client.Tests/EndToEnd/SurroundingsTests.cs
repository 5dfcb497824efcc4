using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>What a program is started in: a directory that is gone, a standard input that does not block or cannot be read, a kill without warning.</summary>
public class SurroundingsTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    private const string Initialize = """{"id":1,"method":"initialize","params":{"clientName":"test"}}""";

    [Fact]
    public async Task A_server_starts_in_a_directory_that_is_gone_and_tells_another()
    {
        using var server = fixture.Start(Shell.InGoneDirectory("env", "HOME=/usr", Binary.Path, "serve", "--log-level", "warning"));
        var url = new Uri(await server.FirstLineAsync());
        await using (var client = await ExecClient.ConnectAsync(url))
        {
            Assert.Equal("file:///usr", client.EnvironmentInfo!.Cwd);
        }

        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
        Assert.Contains("the working directory is gone; clients are told that it is /usr", server.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_directory_that_is_gone_relative_paths_are_refused_and_absolute_ones_work()
    {
        using var relative = fixture.Start(Shell.InGoneDirectory(Binary.Path, "serve", "--config", "x.conf"));
        Assert.Equal(1, await relative.FinishAsync());
        Assert.StartsWith("Error: failed to read the settings x.conf: the working directory is gone", relative.Stderr, StringComparison.Ordinal);

        using var here = fixture.Start(Shell.InGoneDirectory(Binary.Path, "run", "--", "true"));
        Assert.Equal(1, await here.FinishAsync());
        Assert.StartsWith("execactors: the working directory is gone\n", here.Stderr, StringComparison.Ordinal);

        using var elsewhere = fixture.Start(Shell.InGoneDirectory(Binary.Path, "run", "--cwd", "/usr", "--", "pwd"));
        Assert.Equal(0, await elsewhere.FinishAsync());
        Assert.Equal("/usr\n", elsewhere.Stdout);

        using var doctor = fixture.Start(Shell.InGoneDirectory(Binary.Path, "doctor", "--json"));
        Assert.InRange(await doctor.FinishAsync(), 0, 1);
        Assert.StartsWith("{\"sandbox\":", doctor.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_on_a_standard_input_that_does_not_block_waits_for_it()
    {
        // dd leaves the flag on the pipe, which the server then has as its input.
        using var server = fixture.Start(Shell.After("dd iflag=nonblock count=0 status=none of=/dev/null", Binary.Path, "serve", "--listen", "stdio"));
        await server.StderrHasAsync("serving one connection");
        await server.WriteAsync(Initialize + "\n");
        await server.StdoutHasAsync("\"id\":1");
        Assert.Equal(0, await server.FinishAsync());
    }

    [Fact]
    public async Task The_last_line_of_input_needs_no_newline()
    {
        using var server = fixture.Start(Binary.Path, "serve", "--listen", "stdio", "--log-level", "warning");
        await server.WriteAsync(Initialize);
        Assert.Equal(0, await server.FinishAsync());
        Assert.Contains("\"id\":1", server.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standard_input_that_cannot_be_read_is_a_failure_in_the_system_s_own_words()
    {
        using var server = fixture.Start(Shell.After("exec < /", Binary.Path, "serve", "--listen", "stdio"));
        Assert.Equal(1, await server.EndAsync());
        Assert.Contains("standard input failed: Is a directory (os error 21)", server.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_temporary_directory_and_nobody_can_look_into_a_living_server()
    {
        using var folder = new TemporaryFolder();
        using var server = RunningProgram.Start(fixture.Host, [Binary.Path, "serve", "--log-level", "warning"], new Dictionary<string, string> { ["TMPDIR"] = folder.Path });
        var url = await server.FirstLineAsync();
        using var run = fixture.Start(Binary.Path, "run", "--url", url, "--", "true");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        server.Signal(Signals.SIGKILL);
        Assert.Equal(137, await server.EndAsync());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("--ws-auth", "capability-token", "--ws-token-file")]
    [InlineData("--ws-auth", "signed-bearer-token", "--ws-shared-secret-file")]
    [InlineData("--config")]
    public async Task A_file_that_is_a_FIFO_is_refused_at_once(params string[] option)
    {
        using var folder = new TemporaryFolder();
        var fifo = $"{folder.Path}/fifo";
        using var server = fixture.Start(Shell.After($"mkfifo '{fifo}'", [Binary.Path, "serve", .. option, fifo]));
        Assert.Equal(1, await server.FinishAsync());
        Assert.Contains($"{fifo}: it is no regular file, and may never end\n", server.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("600", false)]
    [InlineData("644", true)]
    public async Task A_token_file_that_others_can_read_draws_a_warning(string mode, bool warns)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "secret-1\n");
        using var server = fixture.Start(
            Shell.After($"chmod {mode} '{file}'", Binary.Path, "serve", "--log-level", "warning", "--ws-auth", "capability-token", "--ws-token-file", file));
        await server.FirstLineAsync();
        server.Signal(Signals.SIGTERM);
        Assert.Equal(0, await server.EndAsync());
        Assert.Equal(warns, server.Stderr.Contains($"{file} can be used by others than its owner", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_without_its_interpreter_and_a_directory_that_is_missing_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("script", "#!/no/such/interpreter -x\n");
#pragma warning disable CA1416 // these tests run on Linux only, as what they test
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        using var interpreted = fixture.Run(remote: true, "--", script);
        Assert.Equal(126, await interpreted.FinishAsync());
        Assert.Equal($"execactors: cannot run {script}: No such file or directory (os error 2): /no/such/interpreter\n", interpreted.Stderr);

        using var nowhere = fixture.Run(remote: true, "--cwd", "/no/such/directory", "--", "true");
        Assert.Equal(126, await nowhere.FinishAsync());
        Assert.Equal("execactors: cannot run true: No such file or directory (os error 2): /no/such/directory\n", nowhere.Stderr);
    }
}
