using System.Collections.Concurrent;

using Akka.Dispatch;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// One session's share of a lane: so many of its calls run at once, the rest wait in order. A session whose files are on a dead mount holds up
/// itself and nobody else, and the more of its calls are under way, the more others have their turn before the next.
/// </summary>
/// <remarks>Safe from any thread: actors of the session and the workers themselves use it.</remarks>
/// <param name="lane">The threads.</param>
/// <param name="principal">Whose the session is; its share of the lane counts.</param>
internal sealed class SessionWorkers(WorkerLane lane, Principal principal)
{
    /// <summary>Calls that a place carries out before others get the thread: as many as make its change of hands cheap.</summary>
    private const int CallsPerTurn = 16;

    private readonly ConcurrentQueue<IRunnable> _waiting = new();
    private int _running;

    /// <summary>The only share of some threads.</summary>
    /// <param name="schedule">Runs something on a blocking thread.</param>
    /// <param name="width">Calls that may run at once.</param>
    public SessionWorkers(Action<IRunnable> schedule, int width)
        : this(new WorkerLane(schedule, width, threads: int.MaxValue), Principal.Stdio)
    {
    }

    /// <summary>Runs a call when one of the session's places is free. It must not throw.</summary>
    public void Run(IRunnable call)
    {
        _waiting.Enqueue(call);
        TryStart();
    }

    private void TryStart()
    {
        int running;
        do
        {
            running = Volatile.Read(ref _running);
            if (running >= lane.Width)
            {
                return; // one of those will find it
            }
        }
        while (Interlocked.CompareExchange(ref _running, running + 1, running) != running);

        lane.Enter(new Place(this, rank: running), principal.Share);
    }

    private void LeaveLane() => lane.Leave(principal.Share);

    private bool TryReschedule(Place place)
    {
        try
        {
            place.Rank = Volatile.Read(ref _running) - 1;
            lane.Again(place);
            return true;
        }
        catch (RejectedExecutionException)
        {
            return false; // the threads are about to end
        }
    }

    // What a place takes it finishes; then it looks on, so that a burst costs few wake-ups, but not for ever: other sessions want a thread, too.
    private sealed class Place(SessionWorkers workers, int rank) : IRunnable, IRanked
    {
        public int Rank { get; set; } = rank;

        public void Run()
        {
            for (var calls = 0; workers._waiting.TryDequeue(out var call); calls++)
            {
                call.Run();
                if (calls == CallsPerTurn && workers.TryReschedule(this))
                {
                    return;
                }
            }

            Interlocked.Decrement(ref workers._running);
            workers.LeaveLane();
            if (!workers._waiting.IsEmpty)
            {
                workers.TryStart(); // came while this place was being given back
            }
        }

        public void Execute() => Run();
    }
}
