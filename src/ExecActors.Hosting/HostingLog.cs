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

    [LoggerMessage(4, LogLevel.Debug, "{Peer} was lost: {Reason}")]
    public static partial void Lost(ILogger log, string peer, string reason);

    [LoggerMessage(5, LogLevel.Error, "{Peer} could not be served")]
    public static partial void Failed(ILogger log, string peer, Exception exception);

    [LoggerMessage(7, LogLevel.Debug, "a connection that asked for no WebSocket was cut for another (limits.strangers, limits.strangers-per-address)")]
    public static partial void MadeRoom(ILogger log);

    [LoggerMessage(6, LogLevel.Warning, "no connection can be accepted for now: {Reason}; those that come wait (see ulimit -n)")]
    public static partial void AcceptFailed(ILogger log, string reason);

    [LoggerMessage(21, LogLevel.Warning, "no more than {Files} files may be open here (ulimit -n), so a session may have {Processes} processes at most")]
    public static partial void FewDescriptors(ILogger log, int files, int processes);
}
