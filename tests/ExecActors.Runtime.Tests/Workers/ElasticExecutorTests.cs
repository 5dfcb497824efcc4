using Akka.Dispatch;

using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Workers;

public sealed class ElasticExecutorTests
{
    private static readonly BlockingIoSettings s_settings = new()
    {
        Threads = 2,
        MaxThreads = 5,
        Patience = TimeSpan.FromMilliseconds(1),
        IdleTime = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public void Calls_that_are_stuck_do_not_hold_up_the_others()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        CheckThatStuckCallsHoldUpNoOthers(executor);
    }

    [Fact]
    public void There_are_never_more_threads_than_allowed()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        using var mount = new ManualResetEventSlim();
        using var stuck = new CountdownEvent(s_settings.MaxThreads);
        using var rest = new CountdownEvent(20);
        for (var i = 0; i < s_settings.MaxThreads + rest.InitialCount; i++)
        {
            var number = i;
            executor.Execute(new ActionRunnable(() =>
            {
                if (number < s_settings.MaxThreads)
                {
                    stuck.Signal();
                    mount.Wait();
                }
                else
                {
                    rest.Signal();
                }
            }));
        }

        Assert.True(stuck.Wait(TestTimeouts.Default));
        Assert.Equal(s_settings.MaxThreads, executor.ThreadCount);
        Assert.Equal(rest.InitialCount, rest.CurrentCount);
        mount.Set();
        Assert.True(rest.Wait(TestTimeouts.Default));
    }

    [Fact]
    public void The_usual_threads_are_made_before_there_is_work_and_stay()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        Assert.Equal(s_settings.Threads, executor.ThreadCount);
        for (var round = 0; round < 3; round++)
        {
            var workers = RunAtOnce(executor, s_settings.Threads);

            // Longer than they would have to be idle, by the clock that they go by.
            Assert.False(SpinWait.SpinUntil(() => workers.Any(worker => !worker.IsAlive), 2 * s_settings.IdleTime));
            Assert.Equal(s_settings.Threads, executor.ThreadCount);
        }
    }

    [Fact]
    public void Threads_beyond_the_usual_ones_end_without_work_and_come_back_with_it()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        for (var round = 0; round < 3; round++)
        {
            var workers = RunAtOnce(executor, s_settings.MaxThreads);
            Assert.True(SpinWait.SpinUntil(() => workers.Count(worker => worker.IsAlive) == s_settings.Threads, TestTimeouts.Default));
            Assert.Equal(s_settings.Threads, executor.ThreadCount);
        }
    }

    [Fact]
    public void When_there_are_no_more_threads_work_waits_for_those_there_are()
    {
        var refuses = false;
        using var executor = new ElasticExecutor("test", s_settings with { Threads = 1 }, thread =>
        {
            if (Volatile.Read(ref refuses))
            {
#pragma warning disable CA2201, MA0012 // what the runtime itself throws then
                throw new OutOfMemoryException("no thread");
#pragma warning restore CA2201, MA0012
            }

            thread.Start();
        });
        using var held = new ManualResetEventSlim();
        using var ran = new CountdownEvent(20);
        Volatile.Write(ref refuses, true);
        executor.Execute(new ActionRunnable(held.Wait));
        for (var i = 0; i < ran.InitialCount; i++)
        {
            executor.Execute(new ActionRunnable(() => ran.Signal()));
        }

        Assert.Equal((1, ran.InitialCount), (executor.ThreadCount, ran.CurrentCount));
        held.Set();
        Assert.True(ran.Wait(TestTimeouts.Default));

        // With threads to be had again there are more, also beyond the usual ones.
        Volatile.Write(ref refuses, false);
        CheckThatStuckCallsHoldUpNoOthers(executor);
    }

    [Fact]
    public void Nothing_is_taken_after_the_end()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        executor.Shutdown();

        Assert.Throws<RejectedExecutionException>(() => executor.Execute(new ActionRunnable(() => { })));
    }

    [Fact]
    public void A_burst_from_many_threads_is_run_whole()
    {
        using var executor = new ElasticExecutor("test", s_settings);
        using var ran = new CountdownEvent(40_000);
        var tellers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                executor.Execute(new ActionRunnable(() => ran.Signal()));
            }
        })).ToList();
        tellers.ForEach(teller => teller.Start());

        Assert.True(ran.Wait(TestTimeouts.Default));
        tellers.ForEach(teller => teller.Join());
    }

    // As many calls that each wait for all the others: their threads.
    private static Thread[] RunAtOnce(ElasticExecutor executor, int count)
    {
        using var all = new Barrier(count);
        using var ran = new CountdownEvent(count);
        var workers = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            var place = i;
            executor.Execute(new ActionRunnable(() =>
            {
                workers[place] = Thread.CurrentThread;
                all.SignalAndWait();
                ran.Signal();
            }));
        }

        Assert.True(ran.Wait(TestTimeouts.Default));
        return workers;
    }

    private static void CheckThatStuckCallsHoldUpNoOthers(ElasticExecutor executor)
    {
        using var mount = new ManualResetEventSlim();
        using var done = new CountdownEvent(3);
        for (var i = 0; i < s_settings.MaxThreads - 1; i++)
        {
            executor.Execute(new ActionRunnable(mount.Wait));
        }

        for (var i = 0; i < done.InitialCount; i++)
        {
            executor.Execute(new ActionRunnable(() => done.Signal()));
        }

        Assert.True(done.Wait(TestTimeouts.Default));
        Assert.InRange(executor.ThreadCount, s_settings.MaxThreads, s_settings.MaxThreads);
        mount.Set();
    }
}
