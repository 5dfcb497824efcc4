using System.Collections.Concurrent;

namespace ExecActors.Server.Logging;

/// <summary>Logs one line an event to standard error, as <c>key=value</c> pairs (logfmt).</summary>
/// <remarks>Owned by the container; disposing writes what is queued, for a bounded time.</remarks>
internal sealed class StderrLoggerProvider(Stream stream, TimeProvider time) : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, StderrLogger> _loggers = new(StringComparer.Ordinal);
    private readonly LogQueue _queue = new(stream, time);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new StderrLogger(name, _queue, time));

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();
}
