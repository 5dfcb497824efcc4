using ExecActors.Platform;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting;

/// <summary>Finds the directory for output that does not fit into memory.</summary>
internal static partial class OutputDirectory
{
    private const string Fallback = "/var/tmp";

    /// <summary>The directory that the settings name, that of the service manager, or /var/tmp; what cannot be used is logged once.</summary>
    public static LinuxSpillStore Open(OutputSettings settings, ILogger log)
    {
        var store = new LinuxSpillStore(Choose(settings.SpillDirectory, ProgramEnvironment.Variable("STATE_DIRECTORY")));
        if (store.Refusal is { } refusal)
        {
            Refused(log, refusal);
        }

        return store;
    }

    private static string Choose(string configured, string? stateDirectories)
    {
        if (configured.Length > 0)
        {
            return configured;
        }

        var first = (stateDirectories ?? "").Split(':')[0];
        return first.StartsWith('/') ? first : Fallback;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refusal}; until then output is kept in memory only (output.spill-directory)")]
    private static partial void Refused(ILogger log, string refusal);
}
