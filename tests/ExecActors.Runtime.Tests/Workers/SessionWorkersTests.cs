using Akka.Dispatch;

using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Workers;

public sealed class SessionWorkersTests
{
    [Fact]
    public void No_more_run_at_once_than_the_session_has_places()
    {
        var scheduled = new Queue<IRunnable>();
        var workers = new SessionWorkers(scheduled.Enqueue, width: 2);
        var ran = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            var number = i;
            workers.Run(new ActionRunnable(() => ran.Add(number)));
        }

        Assert.Equal(2, scheduled.Count);
        scheduled.Dequeue().Run();
        Assert.Equal([0, 1, 2, 3, 4], ran);
        scheduled.Dequeue().Run(); // finds nothing and gives its place back
        workers.Run(new ActionRunnable(() => ran.Add(5)));
        Assert.Single(scheduled);
    }

    [Fact]
    public void A_session_with_much_to_do_gives_way_to_others_now_and_then()
    {
        var scheduled = new Queue<IRunnable>();
        var busy = new SessionWorkers(scheduled.Enqueue, width: 1);
        var other = new SessionWorkers(scheduled.Enqueue, width: 1);
        var ran = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            busy.Run(new ActionRunnable(() => ran.Add(1)));
        }

        other.Run(new ActionRunnable(() => ran.Add(2)));
        while (scheduled.TryDequeue(out var place))
        {
            place.Run();
        }

        Assert.Equal(41, ran.Count);
        Assert.InRange(ran.IndexOf(2), 10, 20);
    }

    [Fact]
    public void A_place_that_can_have_no_other_turn_finishes_its_work()
    {
        IRunnable? only = null;
        var workers = new SessionWorkers(place => only = only is null ? place : throw new RejectedExecutionException("it has stopped"), width: 1);
        var ran = 0;
        for (var i = 0; i < 40; i++)
        {
            workers.Run(new ActionRunnable(() => ran++));
        }

        only!.Run();
        Assert.Equal(40, ran);
    }

    [Fact]
    public void What_comes_while_a_place_is_given_back_is_run()
    {
        using var ran = new CountdownEvent(20_000);
        var workers = new SessionWorkers(run => ThreadPool.UnsafeQueueUserWorkItem(_ => run.Run(), null), width: 3);
        for (var i = 0; i < ran.InitialCount; i++)
        {
            workers.Run(new ActionRunnable(() => ran.Signal()));
        }

        Assert.True(ran.Wait(TestTimeouts.Default));
    }
}
