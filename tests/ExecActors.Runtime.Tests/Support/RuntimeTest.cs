using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Xunit2;

using ExecActors.Runtime.Http;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>An actor system with virtual time and a server's actors on a fake process host. A message that nobody handles fails the test.</summary>
public abstract class RuntimeTest : TestKit, IAsyncLifetime
{
    private static readonly Config _config = ConfigurationFactory.ParseString(
        """
        akka.scheduler.implementation = "ExecActors.Runtime.Tests.Support.VirtualScheduler, ExecActors.Runtime.Tests"
        akka.test.default-timeout = 30s
        akka.test.single-expect-default = 30s
        akka.loglevel = OFF
        """).WithFallback(ExecServerSettings.BuiltIn);

    private readonly ConcurrentQueue<UnhandledMessage> _unhandled = new();
    private readonly IActorRef _unhandledListener;

    /// <summary>With settings of its own, as HOCON.</summary>
    /// <param name="hocon">Settings.</param>
    /// <param name="spills">Whether there are files for output.</param>
    protected RuntimeTest(string hocon = "", bool spills = false)
        : base(_config)
    {
        Spill = new FakeSpillStore { IsUsable = spills };
        Disk = new ByteBudget(spills ? 1L << 30 : 0);
        Settings = ExecServerSettings.From(ExecServerSettings.Overlay(hocon, "the test"));
        Clock = (VirtualScheduler)Sys.Scheduler;
        Environment = new SessionEnvironment
        {
            Settings = Settings,
            Process = new ProcessEnvironment(Host, Settings.Process, Settings.Output, Spill, Disk, Lines),
            Files = Files,
            Watcher = Watcher,
            Lanes = WorkerLanes.Of(Sys, Settings),
            Http = new HttpEnvironment(
                new HttpEngine(Settings.Http, Web), Settings.Http, new Dictionary<string, string>(StringComparer.Ordinal), Lines),
            Processes = Places = SharedPlaces.ForProcesses(Settings.Limits),
            WatchedDirectories = SharedPlaces.ForWatchedDirectories(Settings.Limits),
            EnvironmentInfo = Encoding.UTF8.GetBytes(Wire.EnvironmentInfo),
            ServerVariables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/bin" },
            Log = Lines,
        };
        _unhandledListener = Sys.ActorOf(Props.Create(() => new Listener(_unhandled)), "unhandled");
        Sys.EventStream.Subscribe(_unhandledListener, typeof(UnhandledMessage));
        Registry = Sys.ActorOf(SessionRegistryActor.Props(Environment, SessionIdFactory.ForSingleNode()), "sessions");
    }

    /// <summary>Virtual time.</summary>
    protected VirtualScheduler Clock { get; }

    /// <summary>All settings.</summary>
    protected ExecServerSettings Settings { get; }

    /// <summary>Where processes come from.</summary>
    private protected FakeProcessHost Host { get; } = new();

    /// <summary>Where output goes that does not fit into memory; unusable, so that there is the ring only, unless a test says otherwise.</summary>
    private protected FakeSpillStore Spill { get; }

    /// <summary>Disk space for it.</summary>
    private protected ByteBudget Disk { get; }

    /// <summary>What file requests meet.</summary>
    private protected FakeFiles Files { get; } = new();

    /// <summary>What watches meet.</summary>
    private protected FakeWatcher Watcher { get; } = new();

    /// <summary>What HTTP requests meet.</summary>
    private protected FakeUpstream Web { get; } = new();

    /// <summary>Counts the server's processes.</summary>
    private protected SharedPlaces Places { get; }

    /// <summary>What the actors log.</summary>
    private protected RecordingLog Lines { get; } = new();

    /// <summary>What sessions get.</summary>
    private protected SessionEnvironment Environment { get; }

    /// <summary>The registry.</summary>
    protected IActorRef Registry { get; }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await IdentityAsync(_unhandledListener);
        Assert.Empty(_unhandled);
    }

    /// <summary>A connection that has not asked for a session yet.</summary>
    private protected TestClient NewClient() => new(Registry, CreateTestProbe(), Settings.Limits);

    /// <summary>A connection with a new session.</summary>
    private protected Task<TestClient> AttachAsync() => NewClient().AttachAsync();

    /// <summary>Starts a process; its start is answered and its actor watches it.</summary>
    private protected async Task<FakeChild> StartAsync(TestClient client, string processId, string more = "")
    {
        Assert.Equal(Wire.StartResult(99, processId), await client.AskAsync(Wire.Start(99, processId, more)));
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        return child;
    }

    /// <summary>Starts a process with a pipe for standard input.</summary>
    private protected Task<FakeChild> StartWithStdinAsync(TestClient client, string processId) =>
        StartAsync(client, processId, ",\"pipeStdin\":true");

    /// <summary>Completes once the registry, the session and its processes have handled all that led to one another so far.</summary>
    private protected async Task SettledAsync(TestClient client, int rounds = 3)
    {
        for (var round = 0; round < rounds; round++)
        {
            await IdentityAsync(Registry);
            await IdentityAsync(client.Session);
            for (var number = 1; number <= Host.Starts; number++)
            {
                await IdentityAsync(Sys.ActorSelection(client.Session.Path / string.Create(CultureInfo.InvariantCulture, $"process-{number}")));
            }
        }

        await IdentityAsync(client.Session);
    }

    /// <summary>Completes once something holds that workers bring about, whose answers the actors have to handle first.</summary>
    private protected async Task UntilAsync(TestClient client, Func<bool> holds, string what)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!holds())
        {
            await SettledAsync(client, rounds: 1);
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > TestTimeouts.Default)
            {
                throw new TimeoutException($"it did not come true that {what}");
            }
        }
    }

    /// <summary>Completes once an actor has handled everything before.</summary>
    protected static Task<ActorIdentity> IdentityAsync(ICanTell actor) => actor.Ask<ActorIdentity>(new Identify(messageId: null), TestTimeouts.Default);

    /// <summary>An actor that is there by now.</summary>
    protected async Task<IActorRef> ResolveAsync(string path)
    {
        var identity = await IdentityAsync(Sys.ActorSelection(path));
        return identity.Subject ?? throw new InvalidOperationException($"there is no actor {path}");
    }

    /// <summary>Completes once an actor has stopped.</summary>
    protected async Task WatchEndAsync(IActorRef actor)
    {
        var watcher = CreateTestProbe();
        await watcher.WatchAsync(actor);
        await watcher.ExpectTerminatedAsync(actor, TestTimeouts.Default);
    }

    /// <summary>Stops an actor between two messages until the gate opens, so that the order of its mailbox is the test's.</summary>
    private protected static async Task<Gate> HoldAsync(IActorRef actor)
    {
        var gate = new Gate();
        actor.Tell(new Identify(messageId: null), new GateRef(gate));
        await gate.ReachedAsync();
        return gate;
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<UnhandledMessage> unhandled) => Receive<UnhandledMessage>(unhandled.Enqueue);
    }
}
