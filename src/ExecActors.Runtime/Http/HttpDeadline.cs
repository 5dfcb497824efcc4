using ExecActors.Protocol;

namespace ExecActors.Runtime.Http;

/// <summary>How long a request may take.</summary>
internal static class HttpDeadline
{
    /// <summary>The time from its arrival on; null for none. More than some weeks is no deadline.</summary>
    public static TimeSpan? Of(HttpRequestParams request) =>
        request.TimeoutMs is { } milliseconds and <= int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
