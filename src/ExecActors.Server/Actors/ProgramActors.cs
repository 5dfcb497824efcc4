using Akka.Actor;
using Akka.Configuration;

using ExecActors.Hosting;
using ExecActors.Hosting.Listening;

namespace ExecActors.Server.Actors;

/// <summary>The program's actor system: begun before there is a host, started and stopped with it.</summary>
/// <remarks>
/// In a host of somebody else's Akka.Hosting does this. Here every start counts: Akka.Hosting has Akka look for an App.config, builds a container of its own and
/// waits for a logger that is an actor, which together took a fifth of the CPU of a start and 12 MiB.
/// </remarks>
internal sealed class ProgramActors(Task<ActorSystem> making, ExecActorSystem server, ILoggerFactory loggers, IHostApplicationLifetime lifetime) : IHostedService
{
    private const string Lean =
        """
        akka {
          loggers = []
          actor.serializers.json = "ExecActors.Server.Actors.NoSerializer, execactors"
        }
        """;

    private ActorSystem? _system;

    /// <summary>Makes the system on the pool, beside whatever else the program has to do before it can serve.</summary>
    public static Task<ActorSystem> BeginAsync(Config config) =>
        Task.Run(() => ActorSystem.Create("execactors", ConfigurationFactory.ParseString(Lean).WithFallback(config)));

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var facts = ServerFacts.Read();
        if (!making.IsCompleted && Environment.ProcessorCount > 1)
        {
            HandshakeWarmUp.Run(); // this thread would only wait
        }

#pragma warning disable VSTHRD003 // begun by this program; nothing in it waits for the host
        _system = await making;
#pragma warning restore VSTHRD003
        ActorLog.Attach(_system, loggers);
        server.Start(_system, facts);

        // However the system ends, the host must not go on without it.
        _ = _system.WhenTerminated.ContinueWith(_ => lifetime.StopApplication(), TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) =>
        _system is null ? Task.CompletedTask : CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
}
