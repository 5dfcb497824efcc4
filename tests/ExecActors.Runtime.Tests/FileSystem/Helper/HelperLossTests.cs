using System.Diagnostics;
using System.Globalization;

using ExecActors.Protocol;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class HelperLossTests : HelperTest
{
    [SandboxFact]
    public async Task A_change_whose_helper_is_killed_is_answered_so_and_the_next_gets_a_new_helper()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));

        var answer = await KilledMeanwhileAsync(() => At.WriteFile(sandbox, "ws/new", "N"));

        Assert.Equal(new RpcError(ErrorCodes.InternalError, "sandboxed file helper ended before it answered (killed by signal 9)"), answer);
        Assert.Equal(0, At.Pool.Count);
        Assert.Equal(default, At.WriteFile(sandbox, "ws/new", "N"));
    }

    [SandboxFact]
    public async Task A_reading_whose_helper_is_killed_is_repeated()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));

        Assert.Equal("A", await KilledMeanwhileAsync(() => At.Read(sandbox, "ws/a.txt")));
        Assert.Equal(1, At.Pool.Count);
    }

    [SandboxFact]
    public async Task A_helper_killed_while_it_waits_is_replaced_without_a_word()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
        var helper = Assert.Single(Playground.HelperPids());
        var sandboxGroup = ProcessTable.GroupOf(helper);
        Signal("KILL", helper);
        await ProcessTable.WaitUntilGroupEndedAsync(sandboxGroup); // bubblewrap ends after it, and holds the socket as long

        Assert.Equal(default, At.WriteFile(sandbox, "ws/new", "N"));
    }

    [SandboxFact]
    public async Task The_end_of_the_server_ends_a_request_that_hangs()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
        var helper = Assert.Single(Playground.HelperPids());
        Signal("STOP", helper);
        var hanging = Task.Run(() => At.WriteFile(sandbox, "ws/new", "N"));
        SpinWait.SpinUntil(() => At.Pool.BusyCount == 1, TestTimeouts.Default);

        At.Pool.Dispose();

        Assert.Equal(ErrorCodes.InternalError, (await hanging.SoonAsync()).Code);
        Assert.Equal(0, At.Pool.Count);
        await ProcessTable.WaitUntilGoneAsync(helper);
    }

    [SandboxFact]
    public async Task No_descriptor_and_no_process_is_left()
    {
        At.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((At.Path("ws"), ProfileAccess.Write));
        Assert.Equal("A", At.Read(sandbox, "ws/a.txt")); // what is made once for all is made
        Clock.Advance(TimeSpan.FromSeconds(31));
        var leaks = new LeakCheck();

        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal("A", At.Read(sandbox, "ws/a.txt"));
            Assert.Equal(default, At.WriteFile(sandbox, "ws/b.txt", "B"));
            Assert.Equal(Playground.NotFound, At.ReadError(sandbox, "ws/missing"));
            Assert.Equal(default, At.Refusal(sandbox, new FsCopyParams(At.Bytes("ws/a.txt"), At.Bytes("ws/c.txt"), Recursive: false)));
            Assert.True(At.Files.TryOpen(new FsOpenParams("h", At.Bytes("ws/a.txt"), FsOpenMode.Replace, Atomic: true), sandbox, Playground.User, out var abandoned, out _));
            abandoned.Dispose();
            _ = await KilledMeanwhileAsync(() => At.WriteFile(sandbox, "ws/new", "N"));
        }

        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, At.Pool.Count);
        await leaks.AssertNothingLeftAsync();
    }

    [Fact]
    public void Without_bubblewrap_the_request_is_refused_with_what_to_install()
    {
        using var at = new Playground(Clock, bubblewrap: "bwrap-that-is-not-there");
        at.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((at.Path("ws"), ProfileAccess.Write));

        var refusal = at.WriteFile(sandbox, "ws/new", "N");

        Assert.Equal(ErrorCodes.InternalError, refusal.Code);
        Assert.Contains("apt-get install bubblewrap", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(refusal, at.ReadError(sandbox, "ws/a.txt"));
        Assert.False(File.Exists(at.Path("ws/new")));
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("exec true")]
    [InlineData("[ \"$1\" = --version ] && echo bubblewrap 0.8.0; exit 0")]
    [InlineData("[ \"$1\" = --version ] && { echo bubblewrap 0.8.0; exit 0; }; while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"")] // runs it without a sandbox
    public void A_bubblewrap_that_only_pretends_leads_to_a_refusal_and_never_to_a_run(string script)
    {
        using var at = new Playground(Clock, bubblewrap: At.Program("bwrap", script));
        at.Write("ws/a.txt", "A");
        var sandbox = Playground.Sandbox((at.Path("ws"), ProfileAccess.Write));

        Assert.Equal(ErrorCodes.InternalError, at.WriteFile(sandbox, "ws/new", "N").Code);
        Assert.Equal(ErrorCodes.InternalError, at.ReadError(sandbox, "ws/a.txt").Code);
        Assert.False(File.Exists(at.Path("ws/new")));
        Assert.Equal(0, at.Pool.Count);
    }

    [SandboxFact]
    public void A_program_that_cannot_become_a_helper_is_not_started()
    {
        using var at = new Playground(Clock, program: "");
        at.Write("ws/a.txt", "A");

        var refusal = at.ReadError(Playground.Sandbox((at.Path("ws"), ProfileAccess.Read)), "ws/a.txt");

        Assert.Equal(ErrorCodes.InternalError, refusal.Code);
        Assert.Contains("FsHelper.TryRun(args, out var code)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, at.Pool.Count);
    }

    [SandboxTheory]
    [InlineData("exit 3", "sandboxed file helper could not be started (exit code 3)")]
    [InlineData("kill -SEGV $$", "sandboxed file helper could not be started (killed by signal 11)")]
    [InlineData("echo at Some.Secret.Source line 5 >&2; exit 3", "sandboxed file helper could not be started (exit code 3)")] // a crash's text is for nobody
    public void A_helper_that_does_not_begin_is_told(string script, string expected)
    {
        var sandbox = Playground.Sandbox(("/", ProfileAccess.Read), (At.Path("ws"), ProfileAccess.Write));
        using var at = new Playground(Clock, program: At.Program("helper", script));

        Assert.Equal(new RpcError(ErrorCodes.InternalError, expected), at.Refusal(sandbox, new FsRemoveParams(At.Bytes("ws"))));
        Assert.Equal(0, at.Pool.Count);
    }

    /// <summary>Does something with a helper that is stopped, and kills that once it was asked.</summary>
    private async Task<T> KilledMeanwhileAsync<T>(Func<T> ask)
    {
        var helper = Assert.Single(Playground.HelperPids());
        Signal("STOP", helper);
        var asking = Task.Run(ask);
        SpinWait.SpinUntil(() => At.Pool.BusyCount == 1, TestTimeouts.Default);
        Signal("KILL", helper);
        return await asking.SoonAsync();
    }

    private static void Signal(string signal, int pid)
    {
        using var kill = Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
