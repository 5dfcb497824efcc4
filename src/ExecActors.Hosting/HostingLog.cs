using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting;

/// <summary>What the listeners log.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Peer} opened")]
    public static partial void Opened(ILogger log, string peer);

    [LoggerMessage(2, LogLevel.Debug, "{Peer} ended: {Reason}")]
    public static partial void Ended(ILogger log, string peer, string reason);

    [LoggerMessage(3, LogLevel.Debug, "request of {Peer} refused with {Status}: {Text}")]
    public static partial void Refused(ILogger log, string peer, int status, string? text);
}
