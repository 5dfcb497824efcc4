using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Http;

/// <summary>The log lines of HTTP requests. URLs and headers may hold secrets and are in none.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "http/request {RequestId} did not work: {Reason}")]
    public static partial void ExchangeFailed(ILogger log, string requestId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "http/request {RequestId} was lost to an internal failure")]
    public static partial void ExchangeLost(ILogger log, Exception? error, string requestId);
}
