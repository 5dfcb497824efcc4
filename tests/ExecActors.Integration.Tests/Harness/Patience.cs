namespace ExecActors.Integration.Tests.Harness;

/// <summary>How long a test waits before it calls something lost. Only failures ever take this long.</summary>
public static class Patience
{
    /// <summary>Bounds every wait for one message, one exit, one line.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the task, and says what was missing when it does not come.</summary>
    /// <exception cref="TimeoutException">Nothing came in time; names <paramref name="awaited"/>.</exception>
    public static async Task<T> ForAsync<T>(Task<T> task, Func<string> awaited)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"not within {Limit.TotalSeconds:0} s: {awaited()}", exception);
        }
    }

    /// <inheritdoc cref="ForAsync{T}(Task{T}, Func{string})"/>
    public static async Task ForAsync(Task task, Func<string> awaited)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"not within {Limit.TotalSeconds:0} s: {awaited()}", exception);
        }
    }
}
