using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class ExitOrderTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Short_writers_never_lose_a_byte_and_exit_after_their_last_one()
    {
        using var gate = new SemaphoreSlim(16);
        var writers = Enumerable.Range(0, 500).Select(async number =>
        {
            await gate.WaitAsync();
            try
            {
                return await Task.Run(() => TestChild.RunAsync(fixture.Host, Spec.Shell($"echo out {number}; echo err {number} >&2")));
            }
            finally
            {
                gate.Release();
            }
        });

        foreach (var (number, child) in (await Task.WhenAll(writers).WaitAsync(TestTimeouts.Bulk)).Index())
        {
            Assert.Equal(($"out {number}\n", $"err {number}\n"), (child.Stdout, child.Stderr));
            AssertExitIsLast(child);
        }
    }

    [Fact]
    public async Task A_pipe_full_is_read_without_credit_when_the_process_exits()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Of("head", "-c", "65536", "/dev/zero"), credit: 0);

        await child.Exited;
        Assert.Equal(65536, child.Received(OutputStreamKind.Stdout));
        AssertExitIsLast(child);
    }

    [Fact]
    public async Task A_background_holder_delays_the_end_but_not_the_exit()
    {
        const string script = "exec 3<&0; (read line <&3; echo late $line) & echo early; exit 3";
        using var child = TestChild.Start(fixture.Host, Spec.Shell(script, ProcessIo.PipesWithStdin));

        Assert.Equal(new ExitStatus(3, 0), await child.Exited);
        Assert.Equal("early\n", child.Stdout);
        Assert.DoesNotContain(child.Events, told => told.What == ChildEventKind.Ended && told.Stream == OutputStreamKind.Stdout);

        child.Write("x\n");
        await child.AllEnded;
        Assert.Equal("early\nlate x\n", child.Stdout);
    }

    [Fact]
    public async Task A_background_holder_of_a_terminal_is_still_heard_after_the_exit()
    {
        using var folder = new TemporaryFolder();
        const string script = "mkfifo go; trap '' HUP; (read line <go; echo late $line) & echo early; exit 3";
        using var child = TestChild.Start(fixture.Host, Spec.Shell(script, ProcessIo.Terminal).In(folder.Path));

        Assert.Equal(new ExitStatus(3, 0), await child.Exited);
        Assert.Equal("early\r\n", child.Terminal);
        await File.WriteAllTextAsync($"{folder.Path}/go", "x\n").SoonAsync();

        await child.AllEnded;
        Assert.Equal("early\r\nlate x\r\n", child.Terminal);
    }

    [Fact]
    public async Task An_endless_writer_left_behind_cannot_hold_the_exit_back()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Shell("yes & exit 4"), credit: 0);

        Assert.Equal(new ExitStatus(4, 0), await child.Exited);
        Assert.True(child.Process.SignalGroup(Signals.SIGKILL));
    }

    [Fact]
    public async Task A_process_that_ended_before_the_beginning_is_reported_whole()
    {
        var process = fixture.Host.Start(Spec.Shell("echo done; exit 9"));
        await ProcessTable.WaitUntilGroupEndedAsync(process.Pid);

        using var child = TestChild.Begin(process);
        Assert.Equal(new ExitStatus(9, 0), await child.Exited);
        Assert.Equal("done\n", child.Stdout);
        AssertExitIsLast(child);
    }

    private static void AssertExitIsLast(TestChild child)
    {
        Assert.Equal(2, child.Events.Count(told => told.What == ChildEventKind.Ended));
        Assert.Equal(new ChildEvent(ChildEventKind.Exited), child.Events[^1]);
    }
}
