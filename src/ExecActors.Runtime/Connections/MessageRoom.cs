using System.Collections.Concurrent;
using System.Diagnostics;

namespace ExecActors.Runtime.Connections;

/// <summary>Memory for the long messages of all connections: taken before a message is received, and given back when what came of it is used up.</summary>
/// <remarks>
/// A connection that finds no room is not read until there is some. One whose message has room and does not come may be made to end while others wait
/// (<see cref="EndOldest"/>), so that nobody waits for good for somebody who sends nothing. Who waits only for messages that have come, and that no program reads, say, is
/// read on beyond the bound by one message of its own. From any thread.
/// </remarks>
internal sealed class MessageRoom
{
    /// <summary>A message of up to so many bytes takes no room: their number is bounded by that of connections.</summary>
    public const int UncountedUpTo = 128 * 1024;

    private readonly ConcurrentQueue<Action> _waiting = new();
    private readonly ConcurrentDictionary<Guest, long> _guests = new();
    private long _lastEnd; // when a connection was made to end

    /// <summary>Has so many bytes.</summary>
    public MessageRoom(long bytes) => Budget = new ByteBudget(bytes, onGivenBack: Wake);

    /// <summary>What is left. The shares of principals are parts of it.</summary>
    public ByteBudget Budget { get; }

    /// <summary>Has an action called, once, when room was given back or <see cref="Wake"/> is called. To be asked for before a last look.</summary>
    public void OnGivenBack(Action action) => _waiting.Enqueue(action);

    /// <summary>Has everybody who waits look again.</summary>
    public void Wake()
    {
        for (var left = _waiting.Count; left > 0 && _waiting.TryDequeue(out var wake); left--)
        {
            wake();
        }
    }

    /// <summary>A message has room and begins to come.</summary>
    public void Enter(Guest guest) => _guests[guest] = Stopwatch.GetTimestamp();

    /// <summary>It has come whole, or its connection has ended.</summary>
    public void Leave(Guest guest) => _guests.TryRemove(guest, out _);

    /// <summary>
    /// Ends the connection of the message that has been coming for longest, if that is at least so long. One in a tenth of that time, however many wait:
    /// its room has to come free before it is known whether it was enough.
    /// </summary>
    /// <param name="share">Of which principal, when it is this one's share that is used up; null for anybody.</param>
    /// <param name="age">How long a message may take while others wait.</param>
    /// <param name="own">The unfinished message of who asks; null when nothing of it has come.</param>
    /// <returns>Whether there is another that has not come whole, and so may be waited for.</returns>
    public bool EndOldest(ByteBudget? share, TimeSpan age, Guest? own)
    {
        Guest? oldest = null;
        var hasOthers = false;
        var since = long.MaxValue;
        foreach (var (guest, entered) in _guests)
        {
            if (share is null || ReferenceEquals(share, guest.Share))
            {
                hasOthers |= !ReferenceEquals(guest, own);
                (oldest, since) = entered < since ? (guest, entered) : (oldest, since);
            }
        }

        var last = Volatile.Read(ref _lastEnd);
        if (hasOthers
            && Stopwatch.GetElapsedTime(since) >= age
            && Stopwatch.GetElapsedTime(last) >= age / 10
            && Interlocked.CompareExchange(ref _lastEnd, Stopwatch.GetTimestamp(), last) == last
            && _guests.TryRemove(oldest!, out _))
        {
            oldest!.End();
        }

        Wake(); // also who found none because of somebody who asked for more at the same moment
        return hasOthers;
    }

    /// <summary>A message that has room and is not whole yet.</summary>
    /// <param name="Share">What it takes its bytes from.</param>
    /// <param name="End">Ends its connection; on any thread.</param>
    public sealed record Guest(ByteBudget Share, Action End)
    {
        /// <inheritdoc/>
        public bool Equals(Guest? other) => ReferenceEquals(this, other);

        /// <inheritdoc/>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
