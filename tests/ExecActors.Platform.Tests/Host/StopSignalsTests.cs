using System.Runtime.InteropServices;
using ExecActors.Platform.Interop;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Host;

public sealed class StopSignalsTests
{
    [Theory]
    [InlineData(PosixSignal.SIGHUP, 1)]
    [InlineData(PosixSignal.SIGINT, 2)]
    [InlineData(PosixSignal.SIGTERM, 15)]
    public async Task A_signal_is_told_of_and_ends_nothing(PosixSignal signal, int number)
    {
        for (var round = 0; round < 3; round++) // each puts back what was before
        {
            var told = new TaskCompletionSource<(PosixSignal, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
            using var signals = new StopSignals((which, what) => told.TrySetResult((which, what)));

            Assert.Equal(0, Libc.Kill(Environment.ProcessId, number));

            Assert.Equal((signal, number), await told.Task.WaitAsync(TestTimeouts.Default));
        }
    }
}
