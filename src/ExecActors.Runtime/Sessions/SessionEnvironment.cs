using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Http;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Sessions;

/// <summary>What every session of a server needs.</summary>
internal sealed record SessionEnvironment
{
    /// <summary>All settings.</summary>
    public required ExecServerSettings Settings { get; init; }

    /// <summary>For its processes.</summary>
    public required ProcessEnvironment Process { get; init; }

    /// <summary>Performs its file requests.</summary>
    public required IFileService Files { get; init; }

    /// <summary>Watches files for it.</summary>
    public required IFileWatcher Watcher { get; init; }

    /// <summary>Makes its HTTP requests.</summary>
    public required HttpEnvironment Http { get; init; }

    /// <summary>The threads for what may block.</summary>
    public required WorkerLanes Lanes { get; init; }

    /// <summary>Counts the processes of all sessions.</summary>
    public required SharedPlaces Processes { get; init; }

    /// <summary>Counts the directories and files that the watches of all sessions have.</summary>
    public required SharedPlaces WatchedDirectories { get; init; }

    /// <summary>Told when a session has ended: <see cref="Memory.MemoryProtocol.LoadEnded"/>.</summary>
    public IActorRef Memory { get; init; } = ActorRefs.Nobody;

    /// <summary>The result of environment/info, made once.</summary>
    public required ReadOnlyMemory<byte> EnvironmentInfo { get; init; }

    /// <summary>The server's own environment variables, which an envPolicy may hand on.</summary>
    public required IReadOnlyDictionary<string, string> ServerVariables { get; init; }

    /// <summary>Whose the session is: the principal of the connection that opened it.</summary>
    public Principal Principal { get; init; } = Principal.Anyone(address: null);

    /// <summary>For the log.</summary>
    public required ILogger Log { get; init; }
}
