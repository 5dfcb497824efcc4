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
    private readonly PeerWatches _all;
    private readonly Func<TcpProgress> _look;
    private readonly Action _cut;
    private long? _silentSince;
    private int _attempts; // at the last look

    /// <summary>Is looked at from now on, by the timer that all share.</summary>
    /// <param name="all">Those of the same server.</param>
    /// <param name="look">Asks the kernel; see <see cref="TcpProgress.Of"/>.</param>
    /// <param name="cut">Ends the connection at once. Called at most once per silence.</param>
    public PeerWatch(PeerWatches all, Func<TcpProgress> look, Action cut)
    {
        _all = all;
        _look = look;
        _cut = cut;
        _all.Add(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _all.Remove(this);

    /// <summary>Looks once. One look at a time.</summary>
    public void Look()
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
        if (progress.SinceLastAck < _all.Interval || !(progress.AwaitsAck || triedInVain))
        {
            _silentSince = null;
            return;
        }

        // An acknowledgement may be old because nothing was sent for long: what counts is the time since something was sent in vain.
        _silentSince ??= _all.Now;
        if (_all.Since(_silentSince.Value) + _all.Interval >= _all.Timeout)
        {
            _cut();
        }
    }
}
