using System.Collections.Concurrent;

namespace ExecActors.Hosting.Transports;

/// <summary>The peers of one server that are looked at, all in one pass: thousands of idle connections wake nobody thousands of times.</summary>
/// <remarks>There is a timer only while there are peers. Safe to use from several threads.</remarks>
internal sealed class PeerWatches : IDisposable
{
    private const int LooksPerTimeout = 5;

    private readonly ConcurrentDictionary<PeerWatch, bool> _peers = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _count;
    private int _looking;

    /// <summary>With no peer yet.</summary>
    /// <param name="timeout">How long sent bytes may stay unacknowledged.</param>
    /// <param name="time">The clock.</param>
    public PeerWatches(TimeSpan timeout, TimeProvider time)
    {
        Timeout = timeout;
        Interval = timeout / LooksPerTimeout;
        _time = time;
        _timer = time.CreateTimer(_ => Look(), state: null, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long sent bytes may stay unacknowledged.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>From look to look.</summary>
    public TimeSpan Interval { get; }

    /// <summary>The time, for <see cref="Since"/>.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>What has passed since then.</summary>
    public TimeSpan Since(long then) => _time.GetElapsedTime(then);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>One more.</summary>
    public void Add(PeerWatch peer)
    {
        _peers[peer] = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _timer.Change(Interval, Interval);
        }
    }

    /// <summary>One less; a second time does nothing.</summary>
    public void Remove(PeerWatch peer)
    {
        if (_peers.TryRemove(peer, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    // A pass that takes longer than the interval is not overtaken by the next one.
    private void Look()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return;
        }

        foreach (var (peer, _) in _peers)
        {
            peer.Look();
        }

        Volatile.Write(ref _looking, 0);
        if (Volatile.Read(ref _count) == 0)
        {
            _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
            if (Volatile.Read(ref _count) > 0)
            {
                _timer.Change(Interval, Interval); // the first came just before the timer was stopped
            }
        }
    }
}
