using System.Diagnostics;

using Akka.Dispatch;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Workers;

/// <summary>
/// Threads for calls that can only block. A few are made at once and stay; more only when nothing was finished for a while, because then those
/// few are stuck (a dead mount), and the more at once the longer that lasts. These end when they find no work for a while. Work of whoever has the
/// least under way comes first (<see cref="IRanked"/>): one caller with much of it that is stuck holds up no other.
/// </summary>
/// <remarks>
/// A thread without work looks out for more, before it sleeps, only when its last wait was short: between the requests of a busy client that saves a
/// wake-up each time, between two writes of a spill file it would take the processor from the program that the output comes from. The one that slept
/// last is woken first: its stack is still in the cache, and the others come to their end.
/// The system may have no thread to give; the runtime needs a descriptor for each, too. Then the work waits for the threads there are: those that were made
/// before any client was let in.
/// </remarks>
internal sealed class ElasticExecutor : ExecutorService, IDisposable
{
    private const int StackBytes = 256 * 1024; // calls into the kernel need little

    /// <summary>How long a thread looks out for work, and what a short wait is, in ticks of <see cref="Stopwatch"/>: 100 microseconds.</summary>
    private static readonly long s_lookOut = Stopwatch.Frequency / 10_000;

    private readonly BlockingIoSettings _limits;
    private readonly Action<Thread> _start;
    private readonly Action<int>? _onStandstill;
    private readonly Lock _gate = new(); // for everything below
    private readonly RankedQueue _queue = new();
    private readonly List<Sleeper> _asleep = [];
    private int _lookingOut;
#pragma warning disable CA2213 // the watcher may still wait on it, and it has nothing to give back
    private readonly ManualResetEventSlim _stop = new();
#pragma warning restore CA2213
    private int _threads;
    private long _finished;
    private bool _watched;
    private bool _stopped;

    /// <summary>Makes the threads that stay; with fewer than were asked for it does, with none it does not.</summary>
    /// <param name="id">The dispatcher's name, which the threads get too.</param>
    /// <param name="limits">How many threads, and how patient.</param>
    /// <param name="start">Starts a thread; what the runtime does unless given.</param>
    /// <param name="onStandstill">Told, once for each time that it comes to that, how many threads there are when a quarter of those there may be is busy.</param>
    public ElasticExecutor(string id, BlockingIoSettings limits, Action<Thread>? start = null, Action<int>? onStandstill = null)
        : base(id)
    {
        _limits = limits;
        _start = start ?? (thread => thread.Start());
        _onStandstill = onStandstill;
        _threads = 1;
        _start(NewThread(Work));
        lock (_gate)
        {
            while (TryAddThread(_limits.Threads))
            {
            }
        }
    }

    /// <summary>Threads there are now.</summary>
    public int ThreadCount => Volatile.Read(ref _threads);

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        Sleeper? sleeper;
        lock (_gate)
        {
            if (_stopped)
            {
                throw new RejectedExecutionException($"the executor of {Id} has stopped");
            }

            _queue.Enqueue(run);
            if (_queue.Count <= Volatile.Read(ref _lookingOut))
            {
                return; // one of those will see it, at the latest before it sleeps
            }

            sleeper = TakeSleeper();
            if (sleeper is null && !TryAddThread(_limits.Threads))
            {
                WatchForStandstill();
            }
        }

        sleeper?.Wake();
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        lock (_gate)
        {
            _stopped = true;
            while (TakeSleeper() is { } sleeper)
            {
                sleeper.Wake();
            }
        }

        _stop.Set();
    }

    /// <inheritdoc/>
    public void Dispose() => Shutdown();

    private Sleeper? TakeSleeper()
    {
        if (_asleep.Count == 0)
        {
            return null;
        }

        var last = _asleep[^1];
        _asleep.RemoveAt(_asleep.Count - 1);
        return last;
    }

    private bool TryAddThread(int max)
    {
        if (_threads >= max)
        {
            return false;
        }

        _threads++;
        if (TryStart(Work))
        {
            return true;
        }

        _threads--;
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
        _watched = _watched || TryStart(Watch); // else the next to come tries again
    }

    private void Watch()
    {
        while (true)
        {
            var isAtStandstill = false;
            var finished = Interlocked.Read(ref _finished);
            if (_stop.Wait(_limits.Patience))
            {
                return;
            }

            lock (_gate)
            {
                if (_queue.Count == 0)
                {
                    _watched = false;
                    return;
                }

                if (Interlocked.Read(ref _finished) == finished)
                {
                    isAtStandstill = AddThreads();
                }
            }

            if (isAtStandstill)
            {
                _onStandstill?.Invoke(ThreadCount);
            }
        }
    }

    // Many calls that are stuck may be before one that is not. True when it has come to a quarter of the threads there may be.
    private bool AddThreads()
    {
        var before = _threads;
        for (var more = Math.Clamp(before / 4, 1, _queue.Count); more > 0 && TryAddThread(_limits.MaxThreads); more--)
        {
        }

        return before < _limits.MaxThreads / 4 && _threads >= _limits.MaxThreads / 4;
    }

    private void Work()
    {
        var self = new Sleeper();
        while (Next(self) is { } run)
        {
            run.Run();
            Interlocked.Increment(ref _finished);
        }
    }

    // Null when the thread is to end; it is not counted any more then.
    private IRunnable? Next(Sleeper self)
    {
        lock (_gate)
        {
            if (Dequeue() is { } run)
            {
                return run;
            }
        }

        var since = Stopwatch.GetTimestamp();
        var next = (self.WaitedBriefly ? LookOut(since) : null) ?? Sleep(self);
        self.WaitedBriefly = Stopwatch.GetTimestamp() - since < s_lookOut;
        return next;
    }

    // It yields again and again: what is to bring the next call may need this processor.
    private IRunnable? LookOut(long since)
    {
        Interlocked.Increment(ref _lookingOut);
        var spinner = default(SpinWait);
        while (_queue.Count == 0 && Stopwatch.GetTimestamp() - since < s_lookOut)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        lock (_gate)
        {
            Interlocked.Decrement(ref _lookingOut);
            return Dequeue();
        }
    }

    private IRunnable? Sleep(Sleeper self)
    {
        var inTime = true;
        while (true)
        {
            TimeSpan time;
            lock (_gate)
            {
                // Whoever took it from the sleepers has woken it, or is about to: then it stays, though its time may be over.
                var wasTaken = !_asleep.Remove(self);
                if (Dequeue() is { } run)
                {
                    return run;
                }

                if (_stopped || !(inTime || wasTaken || _threads <= _limits.Threads))
                {
                    _threads--;
                    return null;
                }

                self.Prepare();
                _asleep.Add(self);
                time = _threads <= _limits.Threads ? Timeout.InfiniteTimeSpan : _limits.IdleTime;
            }

            inTime = self.Sleep(time);
        }
    }

    private IRunnable? Dequeue() => _stopped ? null : _queue.Dequeue();

    /// <summary>A thread without work.</summary>
    private sealed class Sleeper
    {
        private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);

        /// <summary>Whether the work before this was there soon after the work before that was done.</summary>
        public bool WaitedBriefly { get; set; }

        public void Prepare() => _wake.Reset();

        public bool Sleep(TimeSpan time) => _wake.Wait(time);

        public void Wake() => _wake.Set();
    }
}
