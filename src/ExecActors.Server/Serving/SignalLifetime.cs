using System.Runtime.InteropServices;
using ExecActors.Platform;

namespace ExecActors.Server.Serving;

/// <summary>Ends the host on SIGTERM, SIGINT and SIGHUP alike. A second signal ends the program at once.</summary>
internal sealed class SignalLifetime(IHostApplicationLifetime lifetime, ILogger<SignalLifetime> log) : IHostLifetime, IDisposable
{
    private StopSignals? _signals;
    private int _received;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals = new StopSignals(OnSignal);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _signals?.Dispose();

    private void OnSignal(PosixSignal signal, int number)
    {
        if (Interlocked.Increment(ref _received) > 1)
        {
            Environment.Exit(128 + number);
        }

        ServerLog.Signalled(log, signal);
        lifetime.StopOnceStarted();
    }
}
