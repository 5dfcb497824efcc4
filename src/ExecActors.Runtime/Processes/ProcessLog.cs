using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Processes;

/// <summary>The log lines of processes.</summary>
internal static partial class ProcessLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "output of process {Process} is kept in memory only from now on: {Reason}; it was kept from number {Before}, it is from {After}")]
    public static partial void SpillFailed(ILogger log, string process, string reason, ulong before, ulong after);
}
