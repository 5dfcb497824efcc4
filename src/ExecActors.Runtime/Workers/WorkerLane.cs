using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// Threads for one kind of calls that may block, shared by all sessions. How many of them one session may have depends on how many are wanted: where
/// calls do not come back (a dead mount), each session has fewer, so that there is a thread for each of a great many sessions.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
/// <param name="schedule">Runs something on one of the threads.</param>
/// <param name="width">Calls of one session that may run at once while there are threads enough.</param>
/// <param name="threads">Threads there may be at most.</param>
internal sealed class WorkerLane(Action<IRunnable> schedule, int width, int threads)
{
    private const int NarrowWidth = 2;

    private int _places;

    /// <summary>Places that sessions have: each is on a thread, or waits for one.</summary>
    public int Places => Volatile.Read(ref _places);

    /// <summary>Calls of one session that may run at once now. At least 1: a session that has none yet is heard.</summary>
    public int Width
    {
        get
        {
            var places = Places;
            return places < threads / 4 ? width : Math.Min(width, places < threads / 2 ? NarrowWidth : 1);
        }
    }

    /// <summary>The lane of a dispatcher whose executor is an <see cref="ElasticExecutor"/>.</summary>
    public static WorkerLane Of(ActorSystem system, string dispatcher, ExecServerSettings settings) =>
        new(system.Dispatchers.Lookup(dispatcher).Schedule, settings.Limits.WorkersPerSession, settings.BlockingIo.MaxThreads);

    /// <summary>A session takes a place.</summary>
    public void Enter(IRunnable place)
    {
        Interlocked.Increment(ref _places);
        schedule(place);
    }

    /// <summary>A place goes to the end of the line.</summary>
    public void Again(IRunnable place) => schedule(place);

    /// <summary>A session gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _places);
}
