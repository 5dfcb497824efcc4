using System.Collections.Immutable;
using ExecActors.Protocol;

namespace ExecActors.Client;

/// <summary>A process to start on the server.</summary>
public sealed record ProcessStartRequest
{
    /// <summary>Program and arguments, at least the program; without a slash it is looked up in the process's own PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The working directory on the server, an absolute path or a file URI; null for the server's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables laid over what <see cref="EnvironmentPolicy"/> gives; the whole environment when there is no policy.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What the process takes over of the server's environment; null for nothing.</summary>
    public EnvPolicy? EnvironmentPolicy { get; init; }

    /// <summary>Whether <see cref="RemoteProcess.WriteAsync"/> reaches the process; without it, it reads end of file at once.</summary>
    public bool PipeInput { get; init; }
}
