namespace ExecActors.Server.Logging;

/// <summary>The logger of one category. Levels are filtered before it by the logging factory; scopes are not written.</summary>
internal sealed class StderrLogger(string category, LogQueue queue, TimeProvider time) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var properties = state as IReadOnlyList<KeyValuePair<string, object?>>;
        queue.Add(LogLine.Format(time.GetUtcNow(), logLevel, category, eventId, formatter(state, exception), properties, exception));
    }
}
