using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Holds up a thread of the code under test at a known place until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _lock = new();
    private bool _open;

    /// <summary>Completes once a thread stands at the gate.</summary>
    public Task ReachedAsync() => _reached.Task.SoonAsync();

    /// <summary>Lets all through, now and later.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Called by the thread that is held up.</summary>
    /// <exception cref="TimeoutException">The test never opened the gate.</exception>
    public void Pass()
    {
        _reached.TrySetResult();
        lock (_lock)
        {
            while (!_open)
            {
                if (!Monitor.Wait(_lock, TestTimeouts.Default))
                {
                    throw new TimeoutException("the gate was never opened");
                }
            }
        }
    }
}
