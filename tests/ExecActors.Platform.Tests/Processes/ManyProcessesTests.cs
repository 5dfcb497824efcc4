namespace ExecActors.Platform.Tests.Processes;

public sealed class ManyProcessesTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Two_hundred_at_once_all_answer()
    {
        var children = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(() =>
            TestChild.Start(fixture.Host, Spec.Shell($"read line; echo {number} $line; exit {number}", ProcessIo.PipesWithStdin)))));
        foreach (var child in children)
        {
            child.Write("x\n");
        }

        foreach (var (number, child) in children.Index())
        {
            Assert.Equal(new ExitStatus(number, 0), await child.Exited);
            Assert.Equal($"{number} x\n", child.Stdout);
            child.Dispose();
        }
    }

    [Fact]
    public void A_thousand_idle_processes_need_one_thread_and_wake_it_never()
    {
        var children = Enumerable.Range(0, 1000).Select(_ => TestChild.Start(fixture.Host, Spec.Of("/bin/sleep", "1000"))).ToList();
        var before = fixture.Host.ReactorWakes;
        var reactors = Directory.EnumerateDirectories("/proc/self/task").Count(task =>
            File.ReadAllText($"{task}/comm").StartsWith("execactors-reac", StringComparison.Ordinal));

        Assert.Equal((1, before), (reactors, fixture.Host.ReactorWakes));
        children.ForEach(child => child.Dispose());
    }

    [Fact]
    public async Task An_idle_echo_wakes_the_reactor_once_at_most()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Of("cat") with { Io = ProcessIo.PipesWithStdin });
        child.Write("warm\n");
        await child.UntilAsync(() => child.Stdout.Length == 5);

        var before = fixture.Host.ReactorWakes;
        for (var round = 1; round <= 100; round++)
        {
            var wanted = 5 + (round * 2);
            child.Write("x\n");
            await child.UntilAsync(() => child.Received(OutputStreamKind.Stdout) == wanted);
        }

        Assert.InRange(fixture.Host.ReactorWakes - before, 1, 100); // fewer when several echoes came while the thread waited for a core
    }

    [Fact]
    public async Task A_flood_of_lines_arrives_whole_and_then_its_end()
    {
        using var child = TestChild.Start(fixture.Host, Spec.Of("/bin/dd", "if=/dev/zero", "bs=80", "count=100000", "status=none"));
        Assert.Equal(new ExitStatus(0, 0), await child.Exited);
        await child.AllEnded;
        Assert.Equal(8_000_000, child.Received(OutputStreamKind.Stdout));
    }

    [Fact]
    public async Task A_loud_process_leaves_the_others_their_turn()
    {
        // Its output is dropped at once and costs no credit, so that the reactor never runs out of work.
        using var loud = TestChild.Start(fixture.Host, Spec.Of("yes"));
        loud.KeepsOutput = false;
        using var cat = TestChild.Start(fixture.Host, Spec.Of("cat") with { Io = ProcessIo.PipesWithStdin });
        for (var round = 1; round <= 100; round++)
        {
            var wanted = round * 2;
            cat.Write("x\n");
            await cat.UntilAsync(() => cat.Received(OutputStreamKind.Stdout) == wanted);
        }
    }
}
