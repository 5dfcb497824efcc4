using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Connections;

/// <summary>The log lines of connections.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "connection {Number} from {Peer} opened")]
    public static partial void Opened(ILogger log, long number, string peer);

    [LoggerMessage(Level = LogLevel.Debug, Message = "connection {Number} from {Peer} ended: {Reason}")]
    public static partial void Ended(ILogger log, long number, string peer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "connection {Number} from {Peer} closed by the server: {Reason}")]
    public static partial void ClosedByServer(ILogger log, long number, string peer, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "connection {Number}: notification {Method} is not served and was ignored")]
    public static partial void IgnoredNotification(ILogger log, long number, string method);

    [LoggerMessage(Level = LogLevel.Warning, Message = "connection {Number} failed")]
    public static partial void Failed(ILogger log, Exception error, long number);

    [LoggerMessage(Level = LogLevel.Information, Message = "closing {Count} connections: the server is shutting down")]
    public static partial void Draining(ILogger log, int count);
}
