using ExecActors.Hosting;
using ExecActors.Runtime.Settings;

namespace ExecActors.Server.Serving;

/// <summary>Makes, before the server listens, every thread that the runtime could want later: its whole pool, and the one that its timers run on.</summary>
/// <remarks>
/// The runtime makes such threads when there is work for them, and ends the program when the system has none to give: a client's program that took all process ids
/// would end the server of all clients. None of them ends again (ThreadsToKeepAlive in the project file), and the pool gets no more.
/// </remarks>
internal sealed class KeptThreads(PoolSettings settings) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    /// <exception cref="ExecServerSettingsException">The system does not have them.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var count = Environment.ProcessorCount + settings.SpareThreads;
        try
        {
            using var timer = new Timer(_ => { }, state: null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            if (TryMake(count))
            {
                return Task.CompletedTask;
            }
        }
        catch (Exception none) when (none is OutOfMemoryException or ThreadStartException)
        {
            // As when they do not come in time.
        }

        throw new ExecServerSettingsException(
            $"the server needs {count} threads for its pool, and the system does not give them",
            "Raise the limit on processes (ulimit -u, pids.max, TasksMax) or on memory (ulimit -v), or lower execactors.pool.spare-threads.");
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // So many tasks that each wait for all the others, with as many threads allowed at once. After that few run at once again, as the pool finds good.
    private static bool TryMake(int count)
    {
        ThreadPool.GetMinThreads(out var usual, out var ports);
        ThreadPool.GetMaxThreads(out _, out var mostPorts);
#pragma warning disable CA2000 // both left to the collector: some task may still look at them
        var missing = new CountdownEvent(count);
        var allThere = new ManualResetEventSlim();
#pragma warning restore CA2000
        ThreadPool.SetMinThreads(count, ports);
        for (var number = 0; number < count; number++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    missing.Signal();
                    allThere.Wait();
                },
                state: null);
        }

        var isWhole = missing.Wait(Patience);
        allThere.Set();
        ThreadPool.SetMinThreads(usual, ports);
        ThreadPool.SetMaxThreads(usual, mostPorts); // which takes back how many are wanted just now
        return ThreadPool.SetMaxThreads(count, mostPorts) && isWhole;
    }
}
