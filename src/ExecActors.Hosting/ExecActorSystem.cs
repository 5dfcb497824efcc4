using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting;

/// <summary>The exec-server inside the host's actor system: made when the system starts, drained when the host stops.</summary>
/// <remarks>
/// The host's stopping begins the drain, before the web server waits for its connections to end; the actor system's coordinated shutdown,
/// which the host runs after that, ends the processes.
/// </remarks>
internal sealed class ExecActorSystem(
    ExecServerConfiguration configuration,
    IProcessHost processes,
    IFileWatcher watcher,
    Bubblewrap sandbox,
    LinuxSpillStore spill,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : IConnectionAcceptor
{
    private volatile ExecServer? _server;

    /// <inheritdoc/>
    public bool HasRoom => Server.Acceptor.HasRoom;

    /// <inheritdoc/>
    public bool HasRoomFor(Principal principal) => Server.Acceptor.HasRoomFor(principal);

    private ExecServer Server => _server
        ?? throw new InvalidOperationException("The actor system has not started yet; connections can be served once the host has.");

    /// <inheritdoc/>
    public Task<ConnectionEnd> ServeAsync(IFrameTransport transport) => Server.Acceptor.ServeAsync(transport);

    /// <summary>Starts the actors. Called once, by whoever has made the actor system.</summary>
    public void Start(ActorSystem system, ServerFacts facts)
    {
        var limits = configuration.Settings.Limits;
        OpenFiles.Share(limits.ReservedDescriptors);
        if (limits.ProcessesPerSession == OpenFiles.Limit / ExecServerSettings.ProcessShare)
        {
            HostingLog.FewDescriptors(loggers.CreateLogger<ExecActorSystem>(), OpenFiles.Limit, limits.ProcessesPerSession);
        }

        var server = ExecServer.Start(system, new ExecServerParts
        {
            Settings = configuration.Settings,
            ProcessHost = processes,
            Watcher = watcher,
            Spill = spill,
            SpillBytes = Math.Min(configuration.Settings.Output.SpillBytes, spill.FreeBytes / 10),
            Sandbox = sandbox,
            Memory = configuration.GivesMemoryBack ? new ProgramMemory() : null,
            EnvironmentInfo = facts.EnvironmentInfo,
            ServerVariables = facts.Variables,
            LoggerFactory = loggers,
        });
        _server = server;
        lifetime.ApplicationStopping.Register(server.BeginDrain);
    }
}
