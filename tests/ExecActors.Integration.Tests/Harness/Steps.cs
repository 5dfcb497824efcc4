namespace ExecActors.Integration.Tests.Harness;

/// <summary>Points at which something waits until the test lets it go on.</summary>
public sealed class Steps(int count) : IDisposable
{
    private readonly TaskCompletionSource[] _steps =
        [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];

    /// <summary>Waits for a step; any number may.</summary>
    public Task WaitAsync(int step) => _steps[step].Task;

    /// <summary>Lets all go on that wait for a step, now or later.</summary>
    public void Release(int step) => _steps[step].TrySetResult();

    /// <summary>Lets everything go on.</summary>
    public void Dispose()
    {
        foreach (var step in _steps)
        {
            step.TrySetResult();
        }
    }
}
