using System.Collections.Concurrent;
using ExecActors.Testing;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // LeakCheck looks at the whole process

namespace ExecActors.Platform.Tests;

/// <summary>A process host for one class of tests, which at its end must have left nothing behind.</summary>
public sealed class HostFixture : IAsyncLifetime
{
    private readonly LeakCheck _leaks = new();
    private readonly ConcurrentQueue<Exception> _failures = new();

    public HostFixture() => Host = new LinuxProcessHost((_, failure) => _failures.Enqueue(failure));

    public LinuxProcessHost Host { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Host.Dispose();
        await _leaks.AssertNothingLeftAsync();
        Assert.Empty(_failures);
    }
}
