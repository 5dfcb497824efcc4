using Akka.Dispatch;

using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Workers;

public sealed class WorkerLaneTests
{
    private const int Threads = 16;

    [Fact]
    public void The_more_threads_are_wanted_the_fewer_a_session_has()
    {
        var scheduled = new Queue<IRunnable>();
        var lane = new WorkerLane(scheduled.Enqueue, width: 4, Threads);
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
            var workers = new SessionWorkers(lane);
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
        var (busy, other) = (new SessionWorkers(lane), new SessionWorkers(lane));
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
            var workers = new SessionWorkers(lane);
            for (var call = 0; call < 8; call++)
            {
                workers.Run(new ActionRunnable(() =>
                {
                    mount.Wait();
                    over.Signal();
                }));
            }
        }

        new SessionWorkers(lane).Run(new ActionRunnable(served.Set));
        Assert.True(served.Wait(TestTimeouts.Default));
        Assert.Equal(1, Volatile.Read(ref standstills));
        mount.Set();
        Assert.True(over.Wait(TestTimeouts.Default));
    }
}
