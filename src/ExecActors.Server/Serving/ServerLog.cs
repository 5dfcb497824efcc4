using System.Runtime.InteropServices;

namespace ExecActors.Server.Serving;

/// <summary>What the program logs about its own life.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {Url}")]
    public static partial void Listening(ILogger log, string url);

    [LoggerMessage(2, LogLevel.Warning, "{Url} is open to everybody who reaches it: no authentication (--insecure-listen)")]
    public static partial void Open(ILogger log, string url);

    [LoggerMessage(EventId = 12, Message = "{Notice}")]
    public static partial void RunsAsRoot(ILogger log, LogLevel level, string notice);

    [LoggerMessage(3, LogLevel.Information, "serving one connection on standard input and output")]
    public static partial void ServingStdio(ILogger log);

    [LoggerMessage(4, LogLevel.Information, "the connection ended: {Reason}")]
    public static partial void StdioEnded(ILogger log, string reason);

    [LoggerMessage(5, LogLevel.Information, "standard input ended; shutting down")]
    public static partial void StdinEnded(ILogger log);

    [LoggerMessage(6, LogLevel.Information, "{Signal} received; shutting down")]
    public static partial void Signalled(ILogger log, PosixSignal signal);

    [LoggerMessage(9, LogLevel.Critical, "the connection could not be served")]
    public static partial void StdioFailed(ILogger log, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "some parts did not end in time")]
    public static partial void EndedUncleanly(ILogger log, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "the working directory is gone; clients are told that it is {Directory}")]
    public static partial void DirectoryIsGone(ILogger log, string directory);

    [LoggerMessage(11, LogLevel.Warning, "{Warning}")]
    public static partial void SecretIsOpen(ILogger log, string warning);

    [LoggerMessage(7, LogLevel.Information, "ended")]
    public static partial void Ended(ILogger log);
}
