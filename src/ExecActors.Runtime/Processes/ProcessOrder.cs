using Akka.Actor;
using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Processes;

/// <summary>What a session asks of a new ProcessActor.</summary>
/// <param name="ProcessId">The client's id.</param>
/// <param name="Spec">What to start.</param>
/// <param name="Start">The start request, answered by the actor.</param>
/// <param name="Output">How much of its output is kept.</param>
/// <param name="Attached">Whether a connection is attached now, as <see cref="RequestRef.Epoch"/> of <paramref name="Start"/> names it.</param>
internal sealed record ProcessOrder(string ProcessId, ProcessSpec Spec, RequestRef Start, OutputBounds Output, bool Attached) : INoSerializationVerificationNeeded;

/// <summary>What every ProcessActor of a server needs.</summary>
/// <param name="Host">Starts the processes.</param>
/// <param name="Settings">Bounds and times.</param>
/// <param name="Output">Bounds of what output is kept, and where.</param>
/// <param name="Spill">Makes files for output.</param>
/// <param name="Disk">Counts the disk space of all of them.</param>
/// <param name="Log">For the log.</param>
internal sealed record ProcessEnvironment(
    IProcessHost Host, ProcessSettings Settings, OutputSettings Output, ISpillStore Spill, ByteBudget Disk, ILogger Log);
