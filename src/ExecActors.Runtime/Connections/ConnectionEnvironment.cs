using Akka.Actor;

using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Connections;

/// <summary>What every connection of a server needs.</summary>
/// <param name="Registry">Gives out sessions.</param>
/// <param name="Settings">All settings.</param>
/// <param name="Log">For the log.</param>
internal sealed record ConnectionEnvironment(IActorRef Registry, ExecServerSettings Settings, ILogger Log);
