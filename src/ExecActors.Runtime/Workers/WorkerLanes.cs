using System.Collections.Immutable;

using Akka.Actor;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// The lanes of a server. What meets paths that clients name may hang for good, so file work, process starts and the server's own files have threads
/// of their own each: none of them can take those of another.
/// </summary>
/// <param name="Files">File requests and watches.</param>
/// <param name="Starts">Process starts.</param>
/// <param name="Output">Files for output.</param>
/// <param name="Names">Look-ups of the names of other servers.</param>
internal sealed record WorkerLanes(WorkerLane Files, WorkerLane Starts, WorkerLane Output, WorkerLane Names)
{
    /// <summary>The dispatcher of <see cref="Files"/>.</summary>
    public const string FileDispatcher = "execactors.blocking-io";

    /// <summary>The dispatcher of <see cref="Starts"/>.</summary>
    public const string StartDispatcher = "execactors.blocking-starts";

    /// <summary>The dispatcher of <see cref="Output"/>, and of what else no client names.</summary>
    public const string OutputDispatcher = "execactors.blocking-output";

    /// <summary>The dispatcher of <see cref="Names"/>.</summary>
    public const string NameDispatcher = "execactors.blocking-names";

    /// <summary>All dispatchers whose calls may block.</summary>
    public static ImmutableArray<string> Dispatchers { get; } = [FileDispatcher, StartDispatcher, OutputDispatcher, NameDispatcher];

    /// <summary>The lanes of a system whose configuration has the dispatchers.</summary>
    public static WorkerLanes Of(ActorSystem system, ExecServerSettings settings) => new(
        WorkerLane.Of(system, FileDispatcher, settings),
        WorkerLane.Of(system, StartDispatcher, settings),
        WorkerLane.Of(system, OutputDispatcher, settings),
        WorkerLane.Of(system, NameDispatcher, settings));
}
