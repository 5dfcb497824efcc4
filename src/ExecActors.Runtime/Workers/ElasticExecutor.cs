using System.Collections.Concurrent;

using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// Threads for calls that can only block. A few are made as work comes; more only when nothing was finished for a while, because then those
/// few are stuck (a dead mount). Threads that find no work for a while end.
/// </summary>
/// <param name="id">The dispatcher's name, which the threads get too.</param>
/// <param name="limits">How many threads, and how patient.</param>
internal sealed class ElasticExecutor(string id, BlockingIoSettings limits) : ExecutorService(id), IDisposable
{
    private const int StackBytes = 256 * 1024; // calls into the kernel need little

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

        if (!TryAddThread(limits.Threads))
        {
            WatchForStandstill();
        }
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        _stopped = true;
        _stop.Set();
        _items.Release(limits.MaxThreads);
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

        new Thread(Work, StackBytes) { IsBackground = true, Name = Id }.Start();
        return true;
    }

    // One watcher at a time, a thread that only sleeps; it exists while work waits that the usual threads do not get to.
    private void WatchForStandstill()
    {
        if (Interlocked.Exchange(ref _watched, 1) == 0)
        {
            new Thread(Watch, StackBytes) { IsBackground = true, Name = Id }.Start();
        }
    }

    private void Watch()
    {
        do
        {
            var finished = Interlocked.Read(ref _finished);
            if (_stop.Wait(limits.Patience))
            {
                return;
            }

            if (Interlocked.Read(ref _finished) == finished && !_queue.IsEmpty)
            {
                TryAddThread(limits.MaxThreads);
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
            var found = _items.Wait(limits.IdleTime);
            Interlocked.Decrement(ref _idle);
            if (!found)
            {
                break;
            }

            if (_queue.TryDequeue(out var run))
            {
                run.Run();
                Interlocked.Increment(ref _finished);
            }
        }

        Interlocked.Decrement(ref _threads);
        if (!_queue.IsEmpty && !_stopped)
        {
            TryAddThread(limits.Threads); // came while this one was ending
        }
    }
}
