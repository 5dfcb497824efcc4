using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class ReleaseTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Theory]
    [InlineData(ProcessIo.PipesWithStdin)]
    [InlineData(ProcessIo.Terminal)]
    public async Task Releasing_a_running_process_kills_its_group_and_reaps_it(ProcessIo io)
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("trap '' HUP TERM INT; sleep 1000 & echo ready; wait", io));
        await child.UntilAsync(() => (child.Stdout + child.Terminal).Contains("ready", StringComparison.Ordinal));

        child.Process.Release();
        child.Process.Release();

        await ProcessTable.WaitUntilGoneAsync(child.Process.Pid);
        await ProcessTable.WaitUntilGroupEndedAsync(child.Process.Pid);
        Assert.DoesNotContain(child.Events, told => told.What is ChildEventKind.Ended or ChildEventKind.Exited);
        Assert.False(child.Process.SignalGroup(Signals.SIGKILL));
        Assert.Equal(-1, child.Process.TryWrite("x"u8));
    }

    [Fact]
    public async Task Releasing_a_process_that_was_never_watched_ends_it()
    {
        var process = fixture.Host.Start(Spec.Of("sleep", "1000"));
        process.Release();

        await ProcessTable.WaitUntilGoneAsync(process.Pid);
    }

    [Fact]
    public async Task The_leader_stays_a_zombie_until_it_is_released()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Of("true"));
        await child.Exited;
        Assert.Contains(ProcessTable.Children(), entry => entry.StartsWith($"{child.Process.Pid} ", StringComparison.Ordinal) && entry.EndsWith('Z'));

        child.Process.Release();
        await ProcessTable.WaitUntilGoneAsync(child.Process.Pid);
    }

    [Fact]
    public async Task Members_left_behind_can_be_killed_after_the_leader_exited()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("sleep 1000 & echo ready"));
        await child.Exited;

        Assert.True(child.Process.SignalGroup(0));
        Assert.True(child.Process.SignalGroup(Signals.SIGKILL));
        await child.AllEnded;
        await ProcessTable.WaitUntilGroupEndedAsync(child.Process.Pid);
        Assert.False(child.Process.SignalGroup(Signals.SIGKILL));
    }

    [Fact]
    public async Task A_signal_reaches_the_whole_group()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("sleep 1000 & echo ready; wait"));
        await child.UntilAsync(() => child.Stdout.Length > 0);

        // A background job of sh ignores SIGINT, which is why this is SIGTERM.
        Assert.True(child.Process.SignalGroup(Signals.SIGTERM));
        Assert.Equal(new ExitStatus(143, Signals.SIGTERM), await child.Exited);
        await child.AllEnded;
    }

    [Fact]
    public async Task Abandoned_outputs_are_closed_and_say_no_more()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("yes & echo ready >&2; wait", ProcessIo.Pipes), credit: 0);
        child.Process.GrantRead(OutputStreamKind.Stderr, 100);
        await child.UntilAsync(() => child.Stderr.Length > 0);
        var told = child.Events.Count;

        child.Process.AbandonOutput();

        // yes gets SIGPIPE, since nobody reads any more, and sh ends for want of children.
        Assert.Equal(0, (await child.Exited).Signal);
        Assert.Equal([new ChildEvent(ChildEventKind.Exited)], child.Events.Skip(told));
    }

    [Fact]
    public async Task The_end_of_the_host_ends_all_that_is_left()
    {
        var leaks = new LeakCheck();
        var host = new LinuxProcessHost((_, _) => { });
        var running = TestChild.Start(host, Spec.Shell("trap '' HUP TERM; sleep 1000 & echo ready; wait", ProcessIo.PipesWithStdin));
        var survivor = TestChild.Start(host, Spec.Shell("sleep 1000 & echo ready"));
        var terminal = TestChild.Start(host, Spec.Of("cat") with { Io = ProcessIo.Terminal });
        var unwatched = host.Start(Spec.Of("sleep", "1000"));
        await running.UntilAsync(() => running.Stdout.Length > 0);
        await survivor.Exited;

        host.Dispose();
        host.Dispose();

        await leaks.AssertNothingLeftAsync();
        foreach (var pid in new[] { running.Process.Pid, survivor.Process.Pid, terminal.Process.Pid, unwatched.Pid })
        {
            await ProcessTable.WaitUntilGroupEndedAsync(pid);
        }

        Assert.Throws<ObjectDisposedException>(() => host.Start(Spec.Of("true")));
        Assert.Equal(-1, running.Process.TryWrite("x"u8));
        Assert.False(survivor.Process.SignalGroup(Signals.SIGKILL));
        running.Process.GrantRead(OutputStreamKind.Stdout, 1);
        running.Process.AbandonOutput();
        running.Process.Release();
    }
}
