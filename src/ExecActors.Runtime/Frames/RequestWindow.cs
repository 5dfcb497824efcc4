using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Frames;

/// <summary>How much of a connection's input may be under way: requests not yet answered or parked, and the bytes they hold.</summary>
/// <remarks>
/// The graph enters each message before it tells an actor; the actor that answers or parks it settles it, from any thread. While the
/// window is full the graph stops pulling and the peer's TCP window closes. Waiting requests (long polls, parked writes) have settled
/// their place, so a terminate behind any number of them is still read; the bytes a parked write holds stay counted until they are taken.
/// </remarks>
internal sealed class RequestWindow(LimitSettings limits, Outbox outbox)
{
    private int _requests;
    private long _bytes;
    private int _blocked;
    private volatile Action? _wake;

    /// <summary>Counts one message of that many bytes in.</summary>
    public void Enter(int bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Counts places and bytes out, and wakes the graph when it waits for room.</summary>
    public void Settle(int requests, int bytes)
    {
        Interlocked.Add(ref _requests, -requests);
        Interlocked.Add(ref _bytes, -bytes);
        WakeIfBlocked();
    }

    /// <summary>Whether another message may come in. When not, <see cref="OnRoom"/>'s action is called once there may be room.</summary>
    public bool HasRoom()
    {
        if (Fits())
        {
            return true;
        }

        Interlocked.Exchange(ref _blocked, 1);
        if (!Fits())
        {
            return false;
        }

        Interlocked.Exchange(ref _blocked, 0);
        return true;
    }

    /// <summary>Called by the graph after the outbox drained, too, since queued answers count.</summary>
    public void WakeIfBlocked()
    {
        if (Volatile.Read(ref _blocked) == 1 && Fits() && Interlocked.Exchange(ref _blocked, 0) == 1)
        {
            _wake?.Invoke();
        }
    }

    /// <summary>Names what to call when there may be room again. Only the graph calls this, once.</summary>
    public void OnRoom(Action wake) => _wake = wake;

    private bool Fits() =>
        Volatile.Read(ref _requests) < limits.InFlightRequests
        && Volatile.Read(ref _bytes) < limits.ParkedBytes
        && outbox.QueuedBytes < limits.ParkedBytes;
}
