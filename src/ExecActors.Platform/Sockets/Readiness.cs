using System.Threading.Tasks.Sources;

namespace ExecActors.Platform;

/// <summary>A latch between edges of epoll and the one who waits for them: an edge nobody waits for is kept until somebody does.</summary>
/// <remarks>One waiter at a time; signals come from any thread. A wait may end early, and never late: whoever waited looks at the socket anyway.</remarks>
internal sealed class Readiness : IValueTaskSource
{
    private const int Quiet = 0;
    private const int Signalled = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source; // mutable; continuations run where the signal comes from
    private int _state;

    /// <summary>Completes with the next signal, or at once when one came since the last wait.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Quiet) == Quiet)
        {
            return new ValueTask(this, _source.Version);
        }

        Interlocked.Exchange(ref _state, Quiet); // a signal in between tells of what the waiter finds when it looks now
        return ValueTask.CompletedTask;
    }

    /// <summary>Something may have changed.</summary>
    public void Signal()
    {
        while (true)
        {
            switch (Volatile.Read(ref _state))
            {
                case Signalled:
                    return;
                case Quiet when Interlocked.CompareExchange(ref _state, Signalled, Quiet) == Quiet:
                    return;
                case Awaited when Interlocked.CompareExchange(ref _state, Quiet, Awaited) == Awaited:
                    _source.SetResult(true);
                    return;
                default:
                    break; // somebody was faster: look again
            }
        }
    }

    /// <inheritdoc/>
    public void GetResult(short token) => _source.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
