using System.Globalization;
using ExecActors.Platform;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary><c>execactors run</c>: how it ends, and what ends with it.</summary>
public class RunExitTests(RunFixture fixture) : IClassFixture<RunFixture>
{
    // The server is the parent of what it runs.
    private const string TellPids = "echo $$ $PPID; ";

    [Theory]
    [InlineData(false, "exit 0", 0)]
    [InlineData(false, "exit 3", 3)]
    [InlineData(false, "kill -KILL $$", 137)]
    [InlineData(false, "kill -TERM $$", 143)]
    [InlineData(true, "exit 3", 3)]
    [InlineData(true, "kill -KILL $$", 137)]
    public async Task The_commands_end_is_ours(bool remote, string script, int code)
    {
        using var run = fixture.Run(remote, "--", "sh", "-c", script);
        Assert.Equal(code, await run.FinishAsync());
        Assert.Equal(("", ""), (run.Stdout, run.Stderr));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_that_is_not_there_gives_127_and_says_so(bool remote)
    {
        using var run = fixture.Run(remote, "--", "no-such-command", "x");
        Assert.Equal(127, await run.FinishAsync());
        Assert.Equal("execactors: cannot run no-such-command: No such file or directory (os error 2)\n", run.Stderr);
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_gives_126_and_says_so()
    {
        using var run = fixture.Run(remote: false, "--", "/etc/passwd");
        Assert.Equal(126, await run.FinishAsync());
        Assert.Equal("execactors: cannot run /etc/passwd: Permission denied (os error 13)\n", run.Stderr);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ctrl_C_interrupts_the_command(bool remote)
    {
        using var run = fixture.Run(remote, "--", "sh", "-c", "echo ready; exec sleep 1000");
        await run.StdoutHasAsync("ready");
        run.Signal(Signals.SIGINT); // to our group: the private server leads another
        Assert.Equal(130, await run.EndAsync());
    }

    [Fact]
    public async Task Ctrl_C_on_a_terminal_interrupts_the_command()
    {
        using var run = fixture.Start(remote: false, ["--", "sh", "-c", "echo ready; exec sleep 1000"], io: ProcessIo.Terminal);
        await run.StdoutHasAsync("ready");
        await run.WriteAsync("\u0003");
        Assert.Equal(130, await run.EndAsync());
    }

    [Fact]
    public async Task A_command_that_handles_ctrl_C_ends_as_it_likes()
    {
        using var run = fixture.Run(remote: false, "--", "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 1000; done");
        await run.StdoutHasAsync("ready");
        run.Signal(Signals.SIGINT);
        Assert.Equal(5, await run.EndAsync());
        Assert.Equal("ready\ncaught\n", run.Stdout);
    }

    [Fact]
    public async Task A_second_ctrl_C_kills_a_command_that_ignores_the_first()
    {
        using var run = fixture.Run(remote: false, "--", "sh", "-c", "trap 'echo ignored' INT; echo ready; while :; do sleep 1000; done");
        await run.StdoutHasAsync("ready");
        run.Signal(Signals.SIGINT);
        await run.StdoutHasAsync("ignored");
        run.Signal(Signals.SIGINT);
        Assert.Equal(137, await run.EndAsync());
    }

    [Theory]
    [InlineData(false, Signals.SIGTERM)]
    [InlineData(false, Signals.SIGHUP)]
    [InlineData(true, Signals.SIGTERM)]
    public async Task A_signal_that_ends_us_ends_the_command(bool remote, int signal)
    {
        using var run = fixture.Run(remote, "--", "sh", "-c", TellPids + "trap '' TERM HUP; echo ready; while :; do sleep 1000; done");
        var command = Pids(await run.StdoutHasAsync("ready"))[0];
        run.Signal(signal);
        Assert.Equal(128 + signal, await run.EndAsync());
        await ProcessTable.WaitUntilGroupEndedAsync(command);
    }

    [Fact]
    public async Task A_signal_that_our_caller_ignores_is_ignored_on_the_commands_behalf_too()
    {
        using var run = fixture.Start("sh", "-c", $"trap '' HUP; exec '{Binary.Path}' run -- sh -c 'echo ready; read line; echo $line'");
        await run.StdoutHasAsync("ready");
        run.Signal(Signals.SIGHUP);
        await run.WriteAsync("still here\n");
        Assert.Equal(0, await run.FinishAsync());
        Assert.Equal("ready\nstill here\n", run.Stdout);
    }

    [Fact]
    public async Task When_we_are_killed_the_private_server_and_the_command_end_too()
    {
        using var run = fixture.Run(remote: false, "--", "sh", "-c", TellPids + "trap '' TERM HUP INT; echo ready; while :; do sleep 1000; done");
        var pids = Pids(await run.StdoutHasAsync("ready"));
        run.Signal(Signals.SIGKILL);
        Assert.Equal(137, await run.EndAsync());
        await ProcessTable.WaitUntilGroupEndedAsync(pids[0]);
        await ProcessTable.WaitUntilGroupEndedAsync(pids[1]);
    }

    [Fact]
    public async Task When_the_command_ends_the_private_server_has_ended_before_us()
    {
        using var run = fixture.Run(remote: false, "--", "sh", "-c", TellPids);
        Assert.Equal(0, await run.FinishAsync());
        Assert.Empty(ProcessTable.LivingMembers(Pids(run.Stdout)[1]));
    }

    [Fact]
    public async Task When_the_server_dies_we_say_so_and_end()
    {
        using var run = fixture.Run(remote: false, "--", "sh", "-c", TellPids + "exec sleep 1000");
        var pids = Pids(await run.StdoutHasAsync("\n"));
        using var kill = fixture.Start("kill", "-KILL", $"{pids[1]}", $"{pids[0]}");
        Assert.Equal(1, await run.EndAsync());
        Assert.Contains("the connection was lost before the process had ended: it was ended by signal 9", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(0, await kill.EndAsync());
    }

    [Fact]
    public async Task What_the_command_left_behind_with_its_output_open_is_waited_for()
    {
        using var folder = new TemporaryFolder();
        var fifo = Path.Combine(folder.Path, "fifo");
        using var run = fixture.Run(remote: false, "--", "sh", "-c", $"mkfifo '{fifo}'; ( read line < '{fifo}'; echo late: $line ) & echo ready; exit 4");
        await run.StdoutHasAsync("ready");
        using var writer = fixture.Start("sh", "-c", $"echo news > '{fifo}'");
        Assert.Equal(4, await run.FinishAsync());
        Assert.Equal("ready\nlate: news\n", run.Stdout);
        Assert.Equal(0, await writer.EndAsync());
    }

    private static int[] Pids(string output) =>
        [.. output.Split('\n')[0].Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
}
