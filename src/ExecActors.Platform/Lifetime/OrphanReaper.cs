using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Takes adopted orphans out of the process table once they have ended. Runs only while there are processes.</summary>
/// <remarks>
/// Nothing tells of such an end but SIGCHLD, which would wake the runtime at each end of a child; so it looks around every now and then. Only what bears a mark of this
/// host and is not waited for by anybody is touched: a child that an embedding program started is in the program's own session and keeps its exit code.
/// </remarks>
internal sealed class OrphanReaper(MarkRange marks) : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Timer? _timer;
    private bool _disposed;

    /// <summary>A process was started: from now on orphans may come.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _timer) is not null)
        {
            return;
        }

        lock (_gate)
        {
            if (_timer is null && !_disposed)
            {
                _timer = new Timer(_ => Tick(), state: null, _interval, _interval);
            }
        }
    }

    /// <summary>Looks around once.</summary>
    /// <returns>Whether orphans of ours are left that live.</returns>
    public bool Pass()
    {
        var orphans = Orphans();
        if (orphans.Count > 0)
        {
            MarkGate.Reap(orphans);
            orphans = Orphans();
        }

        return orphans.Count > 0;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (!Pass() && !MarkGate.HasChild(marks))
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }

    private List<int> Orphans()
    {
        var session = Libc.GetSid(0);
        return [.. Descendant.ChildrenOf(Environment.ProcessId).Where(pid =>
            !MarkGate.IsKnown(pid) && Libc.SoftLocks(pid) is { } mark && marks.Contains(mark) && Libc.GetSid(pid) != session)];
    }
}
