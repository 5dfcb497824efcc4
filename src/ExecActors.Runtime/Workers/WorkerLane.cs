using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// Threads for one kind of calls that may block, shared by all sessions. How many of them one session may have depends on how many are wanted: where
/// calls do not come back (a dead mount), each session has fewer, so that there is a thread for each of a great many sessions. And one principal's sessions
/// together have no more than a <see cref="FairShare"/>, so that however many hang there are threads for others.
/// </summary>
/// <remarks>
/// Safe from any thread. The lock is held for some counting, once for each burst of calls; nothing is scheduled under it.
/// </remarks>
/// <param name="schedule">Runs something on one of the threads.</param>
/// <param name="width">Calls of one session that may run at once while there are threads enough.</param>
/// <param name="threads">Threads there may be at most.</param>
internal sealed class WorkerLane(Action<IRunnable> schedule, int width, int threads)
{
    private const int NarrowWidth = 2;
    private const int KeptShares = 256; // without a place, so that one who comes and goes costs nothing

    private readonly Lock _gate = new(); // for everything below
    private readonly Dictionary<string, Share> _shares = new(StringComparer.Ordinal);
    private int _places;
    private int _waiting;

    /// <summary>Places that sessions have: each is on a thread, or about to be.</summary>
    public int Places => Volatile.Read(ref _places);

    /// <summary>Calls of one session that may run at once now. At least 1: a session that has none yet is heard.</summary>
    public int Width
    {
        get
        {
            var places = Places;
            return places < threads / 16 ? width : Math.Min(width, places < threads / 8 ? NarrowWidth : 1);
        }
    }

    /// <summary>The lane of a dispatcher whose executor is an <see cref="ElasticExecutor"/>.</summary>
    public static WorkerLane Of(ActorSystem system, string dispatcher, ExecServerSettings settings) =>
        new(system.Dispatchers.Lookup(dispatcher).Schedule, settings.Limits.WorkersPerSession, settings.BlockingIo.MaxThreads);

    /// <summary>A session takes a place, as soon as there is one for its principal.</summary>
    /// <param name="place">What is run.</param>
    /// <param name="principal">The name of the principal's share.</param>
    public void Enter(IRunnable place, string principal)
    {
        lock (_gate)
        {
            var share = ShareOf(principal);
            if (!FairShare.Admits(share.Places, _places, threads))
            {
                share.Waiting.Enqueue(place);
                _waiting++;
                return;
            }

            TakePlace(share);
        }

        schedule(place);
    }

    /// <summary>A place goes to the end of the line.</summary>
    public void Again(IRunnable place) => schedule(place);

    /// <summary>A session gives a place back, for which another may wait.</summary>
    /// <param name="principal">As it was entered.</param>
    public void Leave(string principal)
    {
        IRunnable? next;
        lock (_gate)
        {
            _shares[principal].Places--;
            _places--;
            next = _waiting == 0 ? null : TakeWaiting();
        }

        if (next is not null)
        {
            try
            {
                schedule(next);
            }
            catch (RejectedExecutionException)
            {
                // The threads are about to end, and with them all that waits.
            }
        }
    }

    private void TakePlace(Share share)
    {
        share.Places++;
        _places++;
    }

    // Of whoever has the fewest: if that one may have no more, nobody who waits may.
    private IRunnable? TakeWaiting()
    {
        var share = _shares.Values.Where(share => share.Waiting.Count > 0).MinBy(share => share.Places)!;
        if (!FairShare.Admits(share.Places, _places, threads))
        {
            return null;
        }

        TakePlace(share);
        _waiting--;
        return share.Waiting.Dequeue();
    }

    private Share ShareOf(string principal)
    {
        if (_shares.TryGetValue(principal, out var share))
        {
            return share;
        }

        if (_shares.Count >= KeptShares)
        {
            foreach (var (name, _) in _shares.Where(known => known.Value is { Places: 0, Waiting.Count: 0 }).ToList())
            {
                _shares.Remove(name);
            }
        }

        _shares.Add(principal, share = new Share());
        return share;
    }

    private sealed class Share
    {
        public int Places { get; set; }

        public Queue<IRunnable> Waiting { get; } = new();
    }
}
