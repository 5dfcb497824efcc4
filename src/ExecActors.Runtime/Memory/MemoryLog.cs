using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Memory;

/// <summary>What is logged of memory.</summary>
internal static partial class MemoryLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "a load has ended: resident memory was {Before} MiB and is {After} MiB")]
    public static partial void GaveBack(ILogger log, long before, long after);
}
