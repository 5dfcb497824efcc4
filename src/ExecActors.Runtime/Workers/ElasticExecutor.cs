using System.Collections.Concurrent;

using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// Threads for calls that can only block. A few are made as work comes; more only when nothing was finished for a while, because then those
/// few are stuck (a dead mount). Threads that find no work for a while end, but for one.
/// </summary>
/// <remarks>
/// The system may have no thread to give; the runtime needs a descriptor for each, too. Then the work waits for the threads there are, of which there is always one.
/// </remarks>
internal sealed class ElasticExecutor : ExecutorService, IDisposable
{
    private const int StackBytes = 256 * 1024; // calls into the kernel need little

    private readonly BlockingIoSettings _limits;
    private readonly Action<Thread> _start;
    private readonly ConcurrentQueue<IRunnable> _queue = new();
#pragma warning disable CA2213 // threads may still wait on them, and neither has anything to give back
    private readonly SemaphoreSlim _items = new(0);
    private readonly ManualResetEventSlim _stop = new();
#pragma warning restore CA2213
    private int _threads;
    private int _idle;
    private int _watched;
    private long _finished;
    private volatile bool _stopped;

    /// <summary>Makes the thread that stays.</summary>
    /// <param name="id">The dispatcher's name, which the threads get too.</param>
    /// <param name="limits">How many threads, and how patient.</param>
    /// <param name="start">Starts a thread; what the runtime does unless given.</param>
    public ElasticExecutor(string id, BlockingIoSettings limits, Action<Thread>? start = null)
        : base(id)
    {
        _limits = limits;
        _start = start ?? (thread => thread.Start());
        _threads = 1;
        _start(NewThread(Work));
    }

    /// <summary>Threads there are now.</summary>
    public int ThreadCount => Volatile.Read(ref _threads);

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        if (_stopped)
        {
            throw new RejectedExecutionException($"the executor of {Id} has stopped");
        }

        _queue.Enqueue(run);
        _items.Release();
        if (Volatile.Read(ref _idle) >= _items.CurrentCount)
        {
            return;
        }

        if (!TryAddThread(_limits.Threads))
        {
            WatchForStandstill();
        }
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        _stopped = true;
        _stop.Set();
        _items.Release(_limits.MaxThreads);
    }

    /// <inheritdoc/>
    public void Dispose() => Shutdown();

    private bool TryAddThread(int max)
    {
        int threads;
        do
        {
            threads = Volatile.Read(ref _threads);
            if (threads >= max)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _threads, threads + 1, threads) != threads);

        if (TryStart(Work))
        {
            return true;
        }

        Interlocked.Decrement(ref _threads);
        return false;
    }

    private bool TryStart(ThreadStart body)
    {
        try
        {
            _start(NewThread(body));
            return true;
        }
        catch (Exception none) when (none is OutOfMemoryException or ThreadStartException)
        {
            return false; // no pid, no memory or no descriptor for it
        }
    }

    private Thread NewThread(ThreadStart body) => new(body, StackBytes) { IsBackground = true, Name = Id };

    // One watcher at a time, a thread that only sleeps; it exists while work waits that the usual threads do not get to.
    private void WatchForStandstill()
    {
        if (Interlocked.Exchange(ref _watched, 1) == 0 && !TryStart(Watch))
        {
            Volatile.Write(ref _watched, 0); // the next to come tries again
        }
    }

    private void Watch()
    {
        do
        {
            var finished = Interlocked.Read(ref _finished);
            if (_stop.Wait(_limits.Patience))
            {
                return;
            }

            if (Interlocked.Read(ref _finished) == finished && !_queue.IsEmpty)
            {
                TryAddThread(_limits.MaxThreads);
            }
        }
        while (!_queue.IsEmpty);

        Volatile.Write(ref _watched, 0);
        if (!_queue.IsEmpty)
        {
            WatchForStandstill(); // came in between
        }
    }

    private void Work()
    {
        while (!_stopped)
        {
            Interlocked.Increment(ref _idle);
            var found = _items.Wait(_limits.IdleTime);
            Interlocked.Decrement(ref _idle);
            if (!found && TryLeave())
            {
                break;
            }

            if (found && _queue.TryDequeue(out var run))
            {
                run.Run();
                Interlocked.Increment(ref _finished);
            }
        }

        if (!_queue.IsEmpty && !_stopped)
        {
            TryAddThread(_limits.Threads); // came while this one was ending
        }
    }

    private bool TryLeave()
    {
        int threads;
        do
        {
            threads = Volatile.Read(ref _threads);
            if (threads == 1)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _threads, threads - 1, threads) != threads);

        return true;
    }
}
