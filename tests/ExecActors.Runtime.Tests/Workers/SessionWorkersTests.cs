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
