using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>The clock of a test: it moves when the test says so, the monotonic clock too, which the one of the test kit leaves alone.</summary>
public sealed class VirtualScheduler : TestScheduler, ITimeProvider
{
    private readonly DateTimeOffset _start;

    /// <summary>Called by Akka.</summary>
    public VirtualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => _start = Now;

    /// <summary>How far the wall clock was set, as an administrator or NTP does. Nothing else moves with it.</summary>
    public TimeSpan WallClockStep { get; set; }

    DateTimeOffset ITimeProvider.Now => Now + WallClockStep;

    TimeSpan ITimeProvider.MonotonicClock => Now - _start;

    TimeSpan ITimeProvider.HighResMonotonicClock => Now - _start;
}
