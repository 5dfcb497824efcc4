using Akka;
using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Http;
using ExecActors.Runtime.Memory;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime;

/// <summary>What a server is made from.</summary>
public sealed record ExecServerParts
{
    /// <summary>All settings.</summary>
    public required ExecServerSettings Settings { get; init; }

    /// <summary>Starts processes; stays the caller's, who disposes it after the actor system has ended.</summary>
    public required IProcessHost ProcessHost { get; init; }

    /// <summary>Makes files for output that does not fit into memory; stays the caller's, who disposes it after the actor system has ended.</summary>
    public ISpillStore Spill { get; init; } = NoSpillStore.Instance;

    /// <summary>Most disk space that these files take together, in bytes.</summary>
    public long SpillBytes { get; init; }

    /// <summary>Watches files; not used any more once the actor system has ended.</summary>
    public required IFileWatcher Watcher { get; init; }

    /// <summary>Makes the sandboxes of file requests.</summary>
    public required Bubblewrap Sandbox { get; init; }

    /// <summary>The memory of this program, if the server may have garbage collected when a load has ended; null for not.</summary>
    public IProgramMemory? Memory { get; init; }

    /// <summary>The result of environment/info as JSON (protocol section 7.1).</summary>
    public required ReadOnlyMemory<byte> EnvironmentInfo { get; init; }

    /// <summary>The environment variables that an envPolicy may hand on to processes.</summary>
    public required IReadOnlyDictionary<string, string> ServerVariables { get; init; }

    /// <summary>For the log.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }
}

/// <summary>The running actors of one exec-server in an actor system: <c>/user/sessions</c>, <c>/user/connections</c> and <c>/user/memory</c>.</summary>
public sealed class ExecServer
{
    private readonly IActorRef _registry;
    private readonly IActorRef _connections;

    private ExecServer(IActorRef registry, IActorRef connections, IConnectionAcceptor acceptor)
    {
        _registry = registry;
        _connections = connections;
        Acceptor = acceptor;
    }

    /// <summary>Where listeners hand over connections.</summary>
    public IConnectionAcceptor Acceptor { get; }

    /// <summary>
    /// Starts the actors and ties them to the system's coordinated shutdown: refuse new, close connections with 1001, kill process groups.
    /// </summary>
    /// <remarks>The system's configuration needs the dispatchers of <see cref="WorkerLanes"/>; <see cref="ExecServerSettings.BuiltIn"/> has it.</remarks>
    public static ExecServer Start(ActorSystem system, ExecServerParts parts)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(parts);
        KeepThreads(system);
        var http = new HttpEngine(parts.Settings.Http, parts.ServerVariables);
        system.RegisterOnTermination(http.Dispose);
        var helpers = new FileHelperPool(parts.Settings.Sandbox, system.Scheduler, system.Dispatchers.Lookup(WorkerLanes.OutputDispatcher).Schedule);
        system.RegisterOnTermination(helpers.Dispose);
        var memory = parts.Memory is null
            ? (IActorRef)ActorRefs.Nobody
            : system.ActorOf(MemoryActor.Props(parts.Settings.Memory, parts.Memory, parts.LoggerFactory.CreateLogger("ExecActors.Memory")), "memory");
        var sessions = new SessionEnvironment
        {
            Settings = parts.Settings,
            Process = new ProcessEnvironment(
                parts.ProcessHost, parts.Settings.Process, parts.Settings.Output, parts.Spill, new ByteBudget(parts.SpillBytes),
                parts.LoggerFactory.CreateLogger("ExecActors.Processes")),
            Files = new FileService(new SandboxedFiles(
                parts.Sandbox, parts.Settings.Sandbox, helpers, parts.ServerVariables.GetValueOrDefault("TMPDIR"))),
            Watcher = parts.Watcher,
            Lanes = WorkerLanes.Of(system, parts.Settings),
            Http = new HttpEnvironment(http, parts.Settings.Http, parts.ServerVariables, parts.LoggerFactory.CreateLogger("ExecActors.Http")),
            Processes = SharedPlaces.ForProcesses(parts.Settings.Limits),
            WatchedDirectories = SharedPlaces.ForWatchedDirectories(parts.Settings.Limits),
            Memory = memory,
            EnvironmentInfo = parts.EnvironmentInfo,
            ServerVariables = parts.ServerVariables,
            Log = parts.LoggerFactory.CreateLogger("ExecActors.Sessions"),
        };
        var registry = system.ActorOf(SessionRegistryActor.Props(sessions, SessionIdFactory.ForSingleNode()), "sessions");
        var places = SharedPlaces.ForConnections(parts.Settings.Limits);
        var environment = new ConnectionEnvironment(registry, parts.Settings, parts.LoggerFactory.CreateLogger("ExecActors.Connections")) { Memory = memory };
        var connections = system.ActorOf(ConnectionSupervisor.Props(environment, places), "connections");
        var server = new ExecServer(registry, connections, new ConnectionGateway(connections, places));
        server.JoinShutdown(system, parts.Settings.Connection.DrainTimeout + TimeSpan.FromMilliseconds(250));
        return server;
    }

    /// <summary>Takes no more sessions or connections and closes those that are open with 1001. Returns at once; processes run on.</summary>
    public void BeginDrain()
    {
        _registry.Tell(RegistryProtocol.Drain.Instance, ActorRefs.NoSender);
        _connections.Tell(ConnectionProtocol.Drain.Instance, ActorRefs.NoSender);
    }

    // A dispatcher ends its threads when for a second nobody is on it, and would have to make them anew. Its threads are made by the first that is told to run.
    private static void KeepThreads(ActorSystem system)
    {
        foreach (var dispatcher in WorkerLanes.Dispatchers)
        {
            system.ActorOf(Props.Create(() => new DispatcherKeeper()).WithDispatcher(dispatcher), dispatcher["execactors.".Length..]);
            system.Dispatchers.Lookup(dispatcher).Schedule(() => { });
        }
    }

    // A phase that takes longer than its time-out is left behind: the processes are killed in any case.
    private void JoinShutdown(ActorSystem system, TimeSpan drainTimeout)
    {
        var shutdown = CoordinatedShutdown.Get(system);
#pragma warning disable RS0030 // the edge: a task is what coordinated shutdown waits for
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "refuse-new-sessions", async () =>
        {
            await _registry.Ask<RegistryProtocol.Draining>(RegistryProtocol.Drain.Instance, drainTimeout);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "close-connections", async () =>
        {
            await _connections.Ask<ConnectionProtocol.Drained>(ConnectionProtocol.Drain.Instance, drainTimeout);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "end-processes", async () =>
        {
            await _registry.GracefulStop(drainTimeout);
            return Done.Instance;
        });
#pragma warning restore RS0030
    }
}
