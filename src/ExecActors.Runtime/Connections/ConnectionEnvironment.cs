using Akka.Actor;

using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Connections;

/// <summary>What every connection of a server needs.</summary>
/// <param name="Registry">Gives out sessions.</param>
/// <param name="Settings">All settings.</param>
/// <param name="Log">For the log.</param>
internal sealed record ConnectionEnvironment(IActorRef Registry, ExecServerSettings Settings, ILogger Log)
{
    /// <summary>Told when a connection has ended: <see cref="Memory.MemoryProtocol.LoadEnded"/>.</summary>
    public IActorRef Memory { get; init; } = ActorRefs.Nobody;

    /// <summary>What the connection's principal may take of the server's memory; null for as much as there is.</summary>
    public MemoryShares.Share? Share { get; init; }

    /// <summary>Memory for the long messages of all connections.</summary>
    public MessageRoom Room { get; } = new(Math.Max(Settings.Memory.MessageBytes, Settings.Limits.MessageBytes));
}
