using System.Collections.Concurrent;
using ExecActors.Platform;
using ExecActors.Testing;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // LeakCheck looks at the whole process

namespace ExecActors.Client.Tests.EndToEnd;

/// <summary>Starts binaries for one class of tests, a server that listens among them; at its end nothing may be left.</summary>
public sealed class RunFixture : IAsyncLifetime
{
    private readonly LeakCheck _leaks = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private RunningProgram? _server;

    public RunFixture() => Host = new LinuxProcessHost((_, failure) => _failures.Enqueue(failure));

    /// <summary>Starts and watches programs.</summary>
    public LinuxProcessHost Host { get; }

    /// <summary>Where the listening server is.</summary>
    public string Url { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _server = RunningProgram.Start(Host, [Binary.Path, "serve", "--listen", "ws://127.0.0.1:0", "--log-level", "warning"]);
        Url = await _server.FirstLineAsync();
    }

    public async Task DisposeAsync()
    {
        _server!.Signal(Signals.SIGTERM);
        Assert.Equal(0, await _server.EndAsync());
        _server.Dispose();
        Host.Dispose();
        await _leaks.AssertNothingLeftAsync();
        Assert.Empty(_failures);
    }

    /// <summary>Starts <c>execactors run</c>.</summary>
    /// <param name="remote">On the listening server rather than a private one.</param>
    /// <param name="arguments">Options, <c>--</c> and the command.</param>
    internal RunningProgram Run(bool remote, params string[] arguments) => Start(remote, arguments);

    /// <summary>As <see cref="Run"/>, with the options of <see cref="RunningProgram.Start"/>.</summary>
    internal RunningProgram Start(
        bool remote, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, ProcessIo io = ProcessIo.PipesWithStdin, bool readsOutput = true) =>
        RunningProgram.Start(Host, [Binary.Path, "run", .. remote ? ["--url", Url] : Array.Empty<string>(), .. arguments], environment, io, readsOutput);

    /// <summary>Starts any program.</summary>
    internal RunningProgram Start(params string[] argv) => RunningProgram.Start(Host, argv);
}
