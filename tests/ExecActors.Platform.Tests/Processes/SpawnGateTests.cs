using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class SpawnGateTests
{
    [Fact]
    public async Task One_at_a_time_is_inside()
    {
        var gate = new SpawnGate(TestTimeouts.Default);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 1000; round++)
            {
                Assert.True(gate.TryEnter());
                most = Math.Max(most, ++inside);
                inside--;
                gate.Exit();
            }
        }))).SoonAsync();

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task One_that_hangs_inside_is_passed_by_and_the_gate_works_again_after_it()
    {
        var gate = new SpawnGate(TimeSpan.FromMilliseconds(1));
        using var hanging = new ManualResetEventSlim();
        using var isInside = new ManualResetEventSlim();
        var hung = Task.Factory.StartNew(
            () =>
            {
                Assert.True(gate.TryEnter());
                isInside.Set();
                hanging.Wait(TestTimeouts.Default);
                gate.Exit();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        isInside.Wait(TestTimeouts.Default);

        Assert.False(gate.TryEnter());
        Assert.False(gate.TryEnter());
        hanging.Set();
        await hung.SoonAsync();

        Assert.True(gate.TryEnter());
        gate.Exit();
    }
}
