using ExecActors.Platform;

namespace ExecActors.Hosting.Transports;

/// <summary>Cuts a connection whose peer's kernel has not acknowledged anything for too long, although something was sent.</summary>
/// <remarks>
/// TCP_USER_TIMEOUT would do this in the kernel, but it also cuts a peer that merely stopped reading: its window is closed, and the time counts on
/// although it answers every probe. Here such a peer keeps its connection, and one that is gone is found while bytes are under way to it; while none are,
/// TCP keep-alive finds it.
/// </remarks>
internal sealed class PeerWatch : IDisposable
{
    private const int LooksPerTimeout = 5;

    private readonly Func<TcpProgress> _look;
    private readonly Action _cut;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _interval;
    private readonly ITimer _timer;
    private long? _silentSince;
    private int _attempts; // at the last look

    /// <summary>Starts to look, five times per time-out.</summary>
    /// <param name="look">Asks the kernel; see <see cref="TcpProgress.Of"/>.</param>
    /// <param name="timeout">How long sent bytes may stay unacknowledged.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cut">Ends the connection at once. Called at most once per silence.</param>
    public PeerWatch(Func<TcpProgress> look, TimeSpan timeout, TimeProvider time, Action cut)
    {
        _look = look;
        _timeout = timeout;
        _time = time;
        _cut = cut;
        _interval = timeout / LooksPerTimeout;
        _timer = time.CreateTimer(_ => Look(), state: null, _interval, _interval);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TcpProgress progress;
        try
        {
            progress = _look();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return; // closed meanwhile
        }

        // An attempt that was answered is followed by an acknowledgement; one that was not made it no later than the last look.
        var triedInVain = progress.Attempts > _attempts || (progress.Attempts > 0 && _silentSince is not null);
        _attempts = progress.Attempts;
        if (progress.SinceLastAck < _interval || !(progress.AwaitsAck || triedInVain))
        {
            _silentSince = null;
            return;
        }

        // An acknowledgement may be old because nothing was sent for long: what counts is the time since something was sent in vain.
        _silentSince ??= _time.GetTimestamp();
        if (_time.GetElapsedTime(_silentSince.Value) + _interval >= _timeout)
        {
            _cut();
        }
    }
}
