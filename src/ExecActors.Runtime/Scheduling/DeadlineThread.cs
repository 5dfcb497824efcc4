using System.Collections.Concurrent;
using System.Diagnostics;

namespace ExecActors.Runtime.Scheduling;

/// <summary>One thread that does work when it is due, and sleeps until then. With nothing to wait for it takes no time at all.</summary>
/// <remarks>
/// The queue of deadlines belongs to the thread. Others hand their work over through an inbox, and wake the thread only for work that is due earlier than what it
/// sleeps for, or when the inbox has grown long. Whoever puts something in looks at the alarm after that, and the thread looks at the inbox after it has set the alarm:
/// so one of the two sees the other. What was taken back, and with it the actor that it was for, is forgotten within <see cref="SweepSeconds"/>, and earlier where there is much of it.
/// </remarks>
internal sealed class DeadlineThread : IDisposable
{
    private const long Never = long.MaxValue;
    private const long Awake = long.MinValue; // no work is due earlier
    private const int InboxLength = 1024;
    private const int SweepFrom = 1024;
    private const int SweepSeconds = 5;
    private const int StackBytes = 256 * 1024;

    private readonly ConcurrentQueue<ScheduledWork> _inbox = new();
    private readonly PriorityQueue<ScheduledWork, (long Due, long Number)> _queue = new();
    private readonly Action<Exception> _onFailure;
#pragma warning disable CA2213 // whoever hands over work may still set it, and it has nothing to give back
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
#pragma warning restore CA2213
    private readonly Thread _thread;
    private long _alarm = Awake;
    private long _last; // number, so that equal deadlines keep their order
    private int _sweepAt = SweepFrom;
    private long _sweepBy = Never; // the time of the next sweep, while anything is queued
    private int _count;
    private volatile bool _stopped;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="onFailure">Told on the thread what a piece of work threw; must not throw.</param>
    public DeadlineThread(string name, Action<Exception> onFailure)
    {
        _onFailure = onFailure;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>How much is queued, with what was taken back and not swept yet; for tests.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Hands work over. From any thread; returns at once.</summary>
    /// <returns>False when the thread was stopped.</returns>
    public bool TryAdd(ScheduledWork work)
    {
        if (_stopped)
        {
            return false;
        }

        _inbox.Enqueue(work);
        Interlocked.MemoryBarrier();
        var alarm = Volatile.Read(ref _alarm);
        if (work.Due < alarm || (alarm != Awake && _inbox.Count >= InboxLength))
        {
            Wake(alarm);
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks>What is under way is done, nothing else is any more. Waits for it, unless this is the thread itself.</remarks>
    public void Dispose()
    {
        _stopped = true;
        _wake.Set();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    // Whoever finds the alarm still set wakes the thread; the others see that somebody has.
    private void Wake(long alarm)
    {
        if (Interlocked.CompareExchange(ref _alarm, Awake, alarm) == alarm)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        while (!_stopped)
        {
            TakeIn();
            var next = Math.Min(RunDue(), _sweepBy);
            _wake.Reset();
            Interlocked.Exchange(ref _alarm, next);
            if (_inbox.IsEmpty && !_stopped)
            {
                Sleep(next);
            }

            Interlocked.Exchange(ref _alarm, Awake);
        }
    }

    private void TakeIn()
    {
        while (_inbox.TryDequeue(out var work))
        {
            if (!work.IsCancelled)
            {
                _queue.Enqueue(work, (work.Due, ++_last));
            }
        }

        var now = Stopwatch.GetTimestamp();
        if (_queue.Count >= _sweepAt || now >= _sweepBy)
        {
            Sweep();
            _sweepBy = Never;
        }

        if (_sweepBy == Never && _queue.Count > 0)
        {
            _sweepBy = now + (SweepSeconds * Stopwatch.Frequency);
        }

        Volatile.Write(ref _count, _queue.Count);
    }

    // Half of the queue can be new or taken back before the next sweep, so one costs each piece of work a constant.
    private void Sweep()
    {
        var live = _queue.UnorderedItems.Where(item => !item.Element.IsCancelled).ToArray();
        _queue.Clear();
        _queue.EnqueueRange(live);
        _queue.TrimExcess();
        _sweepAt = Math.Max(SweepFrom, 2 * live.Length);
    }

    /// <returns>When the next work is due.</returns>
    private long RunDue()
    {
        while (!_stopped && _queue.TryPeek(out var work, out _))
        {
            if (!work.IsCancelled && work.Due > Stopwatch.GetTimestamp())
            {
                return work.Due;
            }

            _queue.Dequeue();
            if (!work.IsCancelled)
            {
                RunOne(work);
            }
        }

        return Never;
    }

    private void RunOne(ScheduledWork work)
    {
        try
        {
            work.Run();
        }
#pragma warning disable CA1031 // whatever it was, the others are still to be done
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _onFailure(failure);
        }

        if (!work.IsCancelled && work.TryRepeat(Stopwatch.GetTimestamp()))
        {
            _queue.Enqueue(work, (work.Due, ++_last));
        }
    }

    private void Sleep(long next)
    {
        if (next == Never)
        {
            _wake.Wait();
            return;
        }

        // Rounded up, as nothing may be done early: a deadline is met within a millisecond. One beyond the longest wait is waited for in several.
        var left = next - Stopwatch.GetTimestamp();
        var milliseconds = left <= 0 ? 0 : Math.Min(((left - 1) / (Stopwatch.Frequency / 1000)) + 1, int.MaxValue);
        _wake.Wait((int)milliseconds);
    }
}
