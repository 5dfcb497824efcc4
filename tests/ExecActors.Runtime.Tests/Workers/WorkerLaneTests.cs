using Akka.Dispatch;

using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Workers;

public sealed class WorkerLaneTests
{
    private const int Threads = 16;

    private int _ran;

    [Fact]
    public void The_more_threads_are_wanted_the_fewer_a_session_has()
    {
        var scheduled = new Queue<IRunnable>();
        var lane = new WorkerLane(scheduled.Enqueue, width: 4, threads: 64);
        int[] places = [.. Enumerable.Range(0, 8).Select(_ => PlacesOfOneMore())];

        Assert.Equal([4, 2, 2, 1, 1, 1, 1, 1], places);
        while (scheduled.TryDequeue(out var place))
        {
            place.Run();
        }

        Assert.Equal((0, 4), (lane.Places, lane.Width));

        int PlacesOfOneMore()
        {
            var before = lane.Places;
            var workers = new SessionWorkers(lane, Principal.Stdio);
            for (var call = 0; call < 10; call++)
            {
                workers.Run(new ActionRunnable(() => { }));
            }

            return lane.Places - before;
        }
    }

    [Fact]
    public void A_session_that_has_nothing_under_way_comes_before_those_that_have()
    {
        var queue = new RankedQueue();
        var lane = new WorkerLane(queue.Enqueue, width: 8, threads: 1000);
        var (busy, other) = (new SessionWorkers(lane, Principal.Stdio), new SessionWorkers(lane, Principal.Stdio));
        var ran = new List<string>();
        for (var call = 0; call < 3; call++)
        {
            busy.Run(new ActionRunnable(() => ran.Add("busy")));
        }

        other.Run(new ActionRunnable(() => ran.Add("other")));
        Assert.Equal(4, queue.Count);
        Assert.Equal([0, 0, 1, 2], Enumerable.Range(0, 4).Select(_ => ((IRanked)queue.Dequeue()!).Rank));
        Assert.Null(queue.Dequeue());
    }

    [Fact]
    public void However_many_sessions_of_one_principal_are_stuck_others_have_threads()
    {
        var scheduled = new Queue<IRunnable>();
        var lane = new WorkerLane(scheduled.Enqueue, width: 4, Threads);
        for (var session = 0; session < 10 * Threads; session++)
        {
            Run(Principal.Named("many"), () => { });
        }

        Assert.Equal(12, lane.Places); // three quarters
        var order = new List<string>();
        Run(Principal.Named("other"), () => order.Add("other"));
        Run(Principal.Named("third"), () => order.Add("third"));
        Assert.Equal(14, lane.Places);

        // What waits has its turn when a place is given back.
        while (scheduled.TryDequeue(out var place))
        {
            place.Run();
        }

        Assert.Equal(["other", "third"], order);
        Assert.Equal((0, 10 * Threads), (lane.Places, _ran));

        void Run(Principal principal, Action call) => new SessionWorkers(lane, principal).Run(new ActionRunnable(() =>
        {
            call();
            _ran += principal == Principal.Named("many") ? 1 : 0;
        }));
    }

    [Fact]
    public void Of_what_waits_for_a_place_that_of_the_principal_with_the_fewest_comes_first()
    {
        var scheduled = new Queue<IRunnable>();
        var lane = new WorkerLane(scheduled.Enqueue, width: 1, threads: 4);
        var order = new List<string>();
        foreach (var name in new[] { "a", "a", "a", "a", "b", "b", "c", "c" })
        {
            new SessionWorkers(lane, Principal.Named(name)).Run(new ActionRunnable(() => order.Add(name)));
        }

        Assert.Equal(4, lane.Places); // three of a, one of b
        while (scheduled.TryDequeue(out var place))
        {
            place.Run();
        }

        Assert.Equal(["a", "a", "a", "b", "c"], order[..5]);
        Assert.Equal(8, order.Count);
    }

    [Fact]
    public void Many_principals_who_come_and_go_leave_nothing_behind_that_waits()
    {
        var lane = new WorkerLane(place => place.Run(), width: 1, threads: 4);
        for (var number = 0; number < 1000; number++)
        {
            new SessionWorkers(lane, Principal.Named($"principal {number}")).Run(new ActionRunnable(() => _ran++));
        }

        Assert.Equal((0, 1000), (lane.Places, _ran));
    }

    [Fact]
    public void With_more_stuck_sessions_than_there_were_threads_another_is_served()
    {
        const int Stuck = 40;
        var settings = new BlockingIoSettings
        {
            Threads = 2,
            MaxThreads = 64,
            Patience = TimeSpan.FromMilliseconds(1),
            IdleTime = TimeSpan.FromMilliseconds(50),
        };
        var standstills = 0;
        using var executor = new ElasticExecutor("test", settings, onStandstill: _ => Interlocked.Increment(ref standstills));
        using var mount = new ManualResetEventSlim();
        using var served = new ManualResetEventSlim();
        using var over = new CountdownEvent(Stuck * 8);
        var lane = new WorkerLane(executor.Execute, width: 8, settings.MaxThreads);
        for (var session = 0; session < Stuck; session++)
        {
            var workers = new SessionWorkers(lane, Principal.Stdio);
            for (var call = 0; call < 8; call++)
            {
                workers.Run(new ActionRunnable(() =>
                {
                    mount.Wait();
                    over.Signal();
                }));
            }
        }

        new SessionWorkers(lane, Principal.Stdio).Run(new ActionRunnable(served.Set));
        Assert.True(served.Wait(TestTimeouts.Default));
        Assert.Equal(1, Volatile.Read(ref standstills));
        mount.Set();
        Assert.True(over.Wait(TestTimeouts.Default));
    }
}
