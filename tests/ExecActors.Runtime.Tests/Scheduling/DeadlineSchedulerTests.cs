using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

using ExecActors.Runtime.Scheduling;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Tests.Scheduling;

/// <summary>What is scheduled is done at its time and in its order, once, and not when it was taken back; and nobody is woken for nothing.</summary>
public sealed class DeadlineSchedulerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_never = TimeSpan.FromDays(20_000);

    private readonly DeadlineScheduler _scheduler = new(Config.Empty, NoLogger.Instance);
    private readonly BlockingCollection<string> _done = [];

    private IActionScheduler Actions => _scheduler;

    public void Dispose()
    {
        _scheduler.Dispose();
        _done.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(120)]
    public void Work_is_never_early(int milliseconds)
    {
        var delay = TimeSpan.FromMilliseconds(milliseconds);
        var since = Stopwatch.GetTimestamp();
        TimeSpan? passed = null;
        Actions.ScheduleOnce(
            delay,
            () =>
            {
                passed = Stopwatch.GetElapsedTime(since);
                _done.Add("x");
            });

        Assert.Equal("x", Next());
        Assert.True(passed >= delay, $"{passed} for {delay}");
    }

    [Fact]
    public void Work_is_done_in_the_order_of_its_times()
    {
        using var gate = Hold();
        for (var i = 9; i >= 0; i--)
        {
            var name = $"{i}";
            Actions.ScheduleOnce(TimeSpan.FromMilliseconds(i), () => _done.Add(name));
        }

        gate.Set();
        Assert.Equal("0123456789", string.Concat(Enumerable.Range(0, 10).Select(_ => Next())));
    }

    [Fact]
    public void Work_that_is_due_earlier_than_all_others_is_not_kept_waiting_by_them()
    {
        Actions.ScheduleOnce(s_never, () => _done.Add("never"));
        Assert.True(SpinWait.SpinUntil(() => _scheduler.Count == 1, s_patience));
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => _done.Add("soon"));

        Assert.Equal("soon", Next());
        Assert.Empty(_done);
    }

    [Fact]
    public void Work_that_was_taken_back_is_not_done()
    {
        using var gate = Hold();
        using var cancelable = new Cancelable(Actions);
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => _done.Add("taken back"), cancelable);
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(2), () => _done.Add("left"));
        cancelable.Cancel();
        gate.Set();

        Assert.Equal("left", Next());
        Assert.Empty(_done);
    }

    [Fact]
    public void Repeated_work_is_done_until_it_is_taken_back()
    {
        using var cancelable = new Cancelable(Actions);
        var times = 0;
        Actions.ScheduleRepeatedly(
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromMilliseconds(1),
            () =>
            {
                if (++times == 5)
                {
                    cancelable.Cancel();
                    Actions.ScheduleOnce(TimeSpan.FromMilliseconds(5), () => _done.Add("end"));
                }
            },
            cancelable);

        Assert.Equal("end", Next());
        Assert.Equal(5, times);
    }

    [Fact]
    public void Work_that_fails_stops_neither_itself_nor_the_others()
    {
        using var cancelable = new Cancelable(Actions);
        var times = 0;
        Actions.ScheduleRepeatedly(
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(1),
            () =>
            {
                if (++times == 3)
                {
                    _done.Add("third");
                }

                throw new InvalidOperationException("no");
            },
            cancelable);

        Assert.Equal("third", Next());
        cancelable.Cancel();
    }

    [Fact]
    public void What_was_taken_back_is_forgotten_long_before_its_time()
    {
        for (var i = 0; i < 100_000; i++)
        {
            using var cancelable = new Cancelable(Actions);
            Actions.ScheduleOnce(s_never, () => _done.Add("never"), cancelable);
            cancelable.Cancel();
        }

        Actions.ScheduleOnce(TimeSpan.Zero, () => _done.Add("now"));
        Assert.Equal("now", Next());
        Assert.InRange(_scheduler.Count, 0, 4096);
    }

    [Fact]
    public void What_was_taken_back_is_forgotten_with_what_it_holds_while_nothing_else_happens()
    {
        using var cancelable = new Cancelable(Actions);
        var held = ScheduleHolder(cancelable);
        Assert.True(SpinWait.SpinUntil(() => _scheduler.Count == 1, s_patience));
        cancelable.Cancel();

        Assert.True(SpinWait.SpinUntil(() => _scheduler.Count == 0, s_patience));
        GC.Collect();
        Assert.False(held.IsAlive);
    }

    [Fact]
    public async Task Threads_that_schedule_at_once_lose_nothing()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var done = 0;
        using var all = new CountdownEvent(Threads * Each);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < Each; i++)
            {
                Actions.ScheduleOnce(
                    TimeSpan.FromMicroseconds(random.Next(2_000)),
                    () =>
                    {
                        Interlocked.Increment(ref done);
                        all.Signal();
                    });
            }
        })));

        Assert.True(all.Wait(s_patience), $"{all.CurrentCount} of {all.InitialCount} were not done");
        Assert.Equal(Threads * Each, done);
    }

    [Fact]
    public void Nothing_is_done_after_the_end()
    {
        using var gate = Hold();
        Actions.ScheduleOnce(
            TimeSpan.FromMilliseconds(1),
            () =>
            {
                _scheduler.Dispose(); // from its own thread
                _done.Add("end");
            });
        Actions.ScheduleOnce(TimeSpan.FromMilliseconds(2), () => _done.Add("after"));
        gate.Set();
        Assert.Equal("end", Next());
        _scheduler.Dispose();

        Assert.Empty(_done);
        Assert.Throws<SchedulerException>(() => Actions.ScheduleOnce(TimeSpan.Zero, () => _done.Add("late")));
    }

    [Fact]
    public async Task The_settings_of_the_project_name_it()
    {
        using var system = ActorSystem.Create("named", ExecServerSettings.BuiltIn);

        Assert.IsType<DeadlineScheduler>(system.Scheduler);
        await system.Terminate();
        Assert.Throws<SchedulerException>(() => ((IActionScheduler)system.Scheduler.Advanced).ScheduleOnce(TimeSpan.Zero, () => { }));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference ScheduleHolder(Cancelable cancelable)
    {
        var holder = new object();
        Actions.ScheduleOnce(s_never, () => _done.Add($"{holder}"), cancelable);
        return new WeakReference(holder);
    }

    /// <summary>Holds the scheduler's thread until the gate is set.</summary>
    private ManualResetEventSlim Hold()
    {
        var gate = new ManualResetEventSlim();
        Actions.ScheduleOnce(TimeSpan.Zero, () => gate.Wait(s_patience));
        return gate;
    }

    private string Next() => _done.TryTake(out var name, s_patience) ? name : "nothing";
}
