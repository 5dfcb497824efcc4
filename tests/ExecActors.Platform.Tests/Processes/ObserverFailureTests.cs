using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Processes;

public sealed class ObserverFailureTests
{
    [Fact]
    public async Task An_observer_that_throws_is_reported_its_child_released_and_the_others_live_on()
    {
        var leaks = new LeakCheck();
        var reported = new TaskCompletionSource<(int Pid, Exception Failure)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var host = new LinuxProcessHost((pid, failure) => reported.TrySetResult((pid, failure))))
        {
            var process = host.Start(Spec.Shell("echo x; exec sleep 1000"));
            process.GrantRead(OutputStreamKind.Stdout, 1);
            process.Begin(new ThrowingObserver());

            var (pid, failure) = await reported.Task.SoonAsync();
            Assert.Equal((process.Pid, "no room"), (pid, failure.Message));
            await ProcessTable.WaitUntilGoneAsync(pid);
            Assert.Equal("y\n", (await TestChild.RunAsync(host, Spec.Of("echo", "y"))).Stdout);
        }

        await leaks.AssertNothingLeftAsync();
    }

    [Fact]
    public void A_second_beginning_is_refused()
    {
        using var host = new LinuxProcessHost((_, _) => { });
        using var child = TestChild.Start(host, Spec.Of("cat"));

        Assert.Throws<InvalidOperationException>(() => child.Process.Begin(child));
    }

    private sealed class ThrowingObserver : IChildObserver
    {
        public void OnOutput(OutputStreamKind stream, ByteLease bytes)
        {
            bytes.Dispose();
            throw new InvalidOperationException("no room");
        }

        public void OnOutputEnded(OutputStreamKind stream)
        {
        }

        public void OnStdinReady()
        {
        }

        public void OnExited(ExitStatus status) => throw new InvalidOperationException("told of the exit of a released child");
    }
}
