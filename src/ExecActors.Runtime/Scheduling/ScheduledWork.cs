using System.Diagnostics;

using Akka.Actor;

namespace ExecActors.Runtime.Scheduling;

/// <summary>Something to be done at a time, once or again and again.</summary>
/// <param name="due">When, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="period">From one time to the next in such ticks; 0 for once.</param>
/// <param name="work">What is done. Runs on the scheduler's thread, and must not block.</param>
/// <param name="cancelable">Takes it back; null when nobody may.</param>
internal sealed class ScheduledWork(long due, long period, Action work, ICancelable? cancelable)
{
    /// <summary>When it is to be done next, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Due { get; private set; } = due;

    /// <summary>Whether it was taken back.</summary>
    public bool IsCancelled => cancelable is { IsCancellationRequested: true };

    /// <summary>Does it.</summary>
    public void Run() => work();

    /// <summary>Sets the next time. A time that has passed already is left out, so that a program which was stopped for long does not make up for it.</summary>
    /// <param name="now">The time, in ticks of <see cref="Stopwatch"/>.</param>
    /// <returns>False for what is done once.</returns>
    public bool TryRepeat(long now)
    {
        Due = Math.Max(Due + period, now);
        return period > 0;
    }
}
