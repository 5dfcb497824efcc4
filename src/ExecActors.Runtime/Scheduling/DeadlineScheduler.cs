using System.Diagnostics;

using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace ExecActors.Runtime.Scheduling;

/// <summary>Akka's scheduler for programs that are idle most of the time: it sleeps until the next deadline. Named by <c>akka.scheduler.implementation</c>.</summary>
/// <remarks>
/// Akka's own, a wheel, wakes a hundred times a second from its first timer on, whatever is due, and rounds each time up to its tick of 10 ms. Here a timer is met
/// within a millisecond of a quiet machine, never early, and a system without timers takes no time of the processor. The thread is made with the system.
/// </remarks>
public sealed class DeadlineScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private static readonly double s_ticks = (double)Stopwatch.Frequency / TimeSpan.TicksPerSecond;

    private readonly DeadlineThread _thread;

    /// <summary>Called by Akka with <c>akka.scheduler</c>, of which nothing is used, and a log for work that fails.</summary>
    public DeadlineScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log) => _thread = new DeadlineThread("akka-scheduler", failure => log.Error(failure, "scheduled work failed"));

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    /// <summary>How much waits for its time, with what was taken back and not forgotten yet; for tests.</summary>
    internal int Count => _thread.Count;

    /// <inheritdoc/>
    /// <remarks>What has not been done is not done any more. Called by Akka when the system has ended.</remarks>
    public void Dispose() => _thread.Dispose();

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, TimeSpan.Zero, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, TimeSpan.Zero, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Add(delay, TimeSpan.Zero, action.Run, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action.Run, cancelable);

    // Rounded up, so that a timer of a whole number of ticks is never early by one.
    private static long TicksOf(TimeSpan time) => (long)Math.Min(Math.Ceiling(time.Ticks * s_ticks), long.MaxValue / 2);

    private void Add(TimeSpan delay, TimeSpan interval, Action work, ICancelable? cancelable)
    {
        if (!_thread.TryAdd(new ScheduledWork(Stopwatch.GetTimestamp() + TicksOf(delay), TicksOf(interval), work, cancelable)))
        {
            throw new SchedulerException("nothing can be scheduled any more: the scheduler was shut down with its actor system");
        }
    }
}
