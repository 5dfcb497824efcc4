using Akka.Actor;

using BenchmarkDotNet.Attributes;

using ExecActors.Platform;
using ExecActors.Runtime;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging.Abstractions;

namespace ExecActors.Benchmarks.Micro;

/// <summary>The server's actors and stages without kernel objects: a child that exists only here, a transport that only counts.</summary>
public class PathBenchmarks
{
    private const int Many = 1000;

    /// <summary>What is beyond the bytes handed over at once (process.turn-bytes) gathers in the log, and is told in fewer pieces: so many lines are within.</summary>
    private const int ManyLines = 500;

    private readonly byte[] _line = Frames.Bytes(80);
    private readonly byte[] _read = System.Text.Encoding.UTF8.GetBytes(
        """{"id":1234,"method":"process/read","params":{"processId":"p","afterSeq":1000000000,"maxBytes":1,"waitMs":0}}""");

    private readonly BenchProcessHost _host = new();
    private readonly BenchTransport _transport = new();
    private ActorSystem _system = null!;
    private IActorRef _counter = null!;
    private IChildObserver _child = null!;
    private CountdownEvent _told = null!;

    /// <summary>One session with one running process.</summary>
    [GlobalSetup]
    public async Task StartAsync()
    {
        var settings = ExecServerSettings.From(ExecServerSettings.BuiltIn);
        _system = ActorSystem.Create("bench", ExecServerSettings.BuiltIn);
        var server = ExecServer.Start(_system, new ExecServerParts
        {
            Settings = settings,
            ProcessHost = _host,
            Watcher = new NoWatcher(),
            Sandbox = new Bubblewrap(new SandboxOptions()),
            EnvironmentInfo = "{}"u8.ToArray(),
            ServerVariables = new Dictionary<string, string>(StringComparer.Ordinal),
            LoggerFactory = NullLoggerFactory.Instance,
        });
        _ = server.Acceptor.ServeAsync(_transport);
        Ask("""{"id":1,"method":"initialize","params":{"clientName":"bench"}}""");
        _transport.Send("""{"method":"initialized"}"""u8.ToArray());
        Ask("""{"id":2,"method":"process/start","params":{"processId":"p","argv":["p"],"cwd":"file:///","env":{},"tty":false}}""");
        _child = await _host.ObserverAsync();
        _told = new CountdownEvent(Many);
        _counter = _system.ActorOf(Props.Create<Counter>(_told));
    }

    /// <summary>Stops the actors.</summary>
    [GlobalCleanup]
    public async Task StopAsync()
    {
        _transport.End();
        await _system.Terminate();
        _told.Dispose();
    }

    /// <summary>A message to an actor that does nothing else, 1,000 in a row.</summary>
    [Benchmark(OperationsPerInvoke = Many)]
    public void Tell()
    {
        _told.Reset();
        for (var i = 0; i < Many; i++)
        {
            _counter.Tell(Counter.Message, ActorRefs.NoSender);
        }

        _told.Wait();
    }

    /// <summary>80 bytes of output: process actor, session, outbox, send stage, transport; 500 in a row.</summary>
    [Benchmark(OperationsPerInvoke = ManyLines)]
    public void OutputBusy()
    {
        _transport.Expect(ManyLines);
        for (var i = 0; i < ManyLines; i++)
        {
            _child.OnOutput(OutputStreamKind.Stdout, ByteLease.CopyOf(_line));
        }

        _transport.Wait();
    }

    /// <summary>The same way from rest: what is added to an echo by threads that have to be woken.</summary>
    [Benchmark]
    public void OutputIdle()
    {
        _transport.Expect(1);
        _child.OnOutput(OutputStreamKind.Stdout, ByteLease.CopyOf(_line));
        _transport.Wait();
    }

    /// <summary>process/read: receive stage, decode, session, process actor, session, outbox, send stage; 1,000 in flight.</summary>
    [Benchmark(OperationsPerInvoke = Many)]
    public void RequestBusy()
    {
        _transport.Expect(Many);
        for (var i = 0; i < Many; i++)
        {
            _transport.Send(_read);
        }

        _transport.Wait();
    }

    /// <summary>The same way from rest.</summary>
    [Benchmark]
    public void RequestIdle()
    {
        _transport.Expect(1);
        _transport.Send(_read);
        _transport.Wait();
    }

    private void Ask(string request)
    {
        _transport.Expect(1);
        _transport.Send(System.Text.Encoding.UTF8.GetBytes(request));
        _transport.Wait();
    }

    private sealed class Counter : ReceiveActor
    {
        public static readonly object Message = new();

        public Counter(CountdownEvent told) => ReceiveAny(_ => told.Signal());
    }
}
