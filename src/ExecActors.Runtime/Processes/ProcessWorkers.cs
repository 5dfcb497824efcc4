using ExecActors.Runtime.Workers;

namespace ExecActors.Runtime.Processes;

/// <summary>The threads for what may block, of the processes of one session.</summary>
/// <param name="Starts">For starts, which look at paths that the client names.</param>
/// <param name="Output">For files that keep output.</param>
internal sealed record ProcessWorkers(SessionWorkers Starts, SessionWorkers Output);
