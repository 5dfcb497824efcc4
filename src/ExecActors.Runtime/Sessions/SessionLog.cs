using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Sessions;

/// <summary>The log lines of sessions. Session ids are secrets; as text they show only their first group.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "session {Session} opened by client {Client}")]
    public static partial void Opened(ILogger log, SessionId session, string client);

    [LoggerMessage(Level = LogLevel.Debug, Message = "session {Session} attached, epoch {Epoch}")]
    public static partial void Attached(ILogger log, SessionId session, long epoch);

    [LoggerMessage(Level = LogLevel.Debug, Message = "session {Session} detached with {Processes} processes; kept for {Seconds} s")]
    public static partial void Detached(ILogger log, SessionId session, int processes, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "session {Session} expired; its {Processes} processes end")]
    public static partial void Expired(ILogger log, SessionId session, int processes);

    [LoggerMessage(Level = LogLevel.Debug, Message = "session {Session}: notification {Method} is not served and was ignored")]
    public static partial void IgnoredNotification(ILogger log, SessionId session, string method);

    [LoggerMessage(Level = LogLevel.Error, Message = "session {Session}: the actor of process {Process} failed; its process group was killed")]
    public static partial void ProcessFailed(ILogger log, SessionId session, string process);

    [LoggerMessage(Level = LogLevel.Error, Message = "session {Session} failed; its processes end")]
    public static partial void SessionFailed(ILogger log, SessionId session);
}
