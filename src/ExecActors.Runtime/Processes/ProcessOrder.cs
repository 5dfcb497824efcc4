using Akka.Actor;
using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Processes;

/// <summary>What a session asks of a new ProcessActor.</summary>
/// <param name="ProcessId">The client's id.</param>
/// <param name="Spec">What to start.</param>
/// <param name="Start">The start request, answered by the actor.</param>
/// <param name="Attached">Whether a connection is attached now, as <see cref="RequestRef.Epoch"/> of <paramref name="Start"/> names it.</param>
internal sealed record ProcessOrder(string ProcessId, ProcessSpec Spec, RequestRef Start, bool Attached) : INoSerializationVerificationNeeded;

/// <summary>What every ProcessActor of a server needs.</summary>
/// <param name="Host">Starts the processes.</param>
/// <param name="Settings">Bounds and times.</param>
internal sealed record ProcessEnvironment(IProcessHost Host, ProcessSettings Settings);
