using System.Collections.Concurrent;
using System.Diagnostics;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>One thread that waits for many descriptors with epoll(7), edge-triggered: those of all children, or those of all connections.</summary>
/// <remarks>
/// Owner of nothing but its epoll and eventfd: each <see cref="ReactorSource"/> owns its descriptor. Sources are found by a token that is never
/// used twice, so that an event of a closed descriptor cannot reach the source that was given the same number. An interest may be changed
/// from any thread, which needs no wake-up; only commands do, and only when the thread sleeps. A source that throws is told so
/// (<see cref="ReactorSource.OnFailed"/>) and the thread goes on; what throws there is a bug and ends the program.
/// </remarks>
internal sealed class Reactor : IDisposable
{
    private const int EventsPerWait = 256;
    private const long WakeUpToken = 0;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wakeUp;
    private readonly ConcurrentDictionary<long, ReactorSource> _sources = new();
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly Queue<ReactorSource> _again = new();
    private readonly PriorityQueue<ReactorSource, long> _resting = new(); // by the end of the rest
    private readonly Thread _thread;
    private long _lastToken = WakeUpToken;
    private long _wakes;
    private int _asleep;
    private bool _stopping;

    /// <summary>Starts the thread, which is called so.</summary>
    /// <exception cref="InvalidOperationException">No descriptor is left for epoll or eventfd.</exception>
    public Reactor(string name = "execactors-reactor")
    {
        _epoll = Libc.EpollCreate();
        Require(!_epoll.IsInvalid, "epoll_create1");
        _wakeUp = Libc.EventFd();
        Require(!_wakeUp.IsInvalid, "eventfd");
        Require(Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_ADD, _wakeUp, Libc.EPOLLIN | Libc.EPOLLET, WakeUpToken) == 0, "epoll_ctl");
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often epoll_wait came back with something; for tests of what an exchange costs.</summary>
    public long Wakes => Interlocked.Read(ref _wakes);

    /// <summary>Where reads go; used by sources on the reactor's thread only.</summary>
    public ReadBuffer Buffer { get; } = new();

    public long NextToken() => Interlocked.Increment(ref _lastToken);

    /// <summary>Begins to watch a source. From any thread.</summary>
    /// <returns>0, or an errno: ENOSPC and ENOMEM when the system can watch no more.</returns>
    public int Add(ReactorSource source, uint events)
    {
        _sources[source.Token] = source;
        if (Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_ADD, source.Handle, events, source.Token) == 0)
        {
            return 0;
        }

        var errno = Libc.LastErrno;
        _sources.TryRemove(source.Token, out _);
        return errno;
    }

    /// <summary>Changes what is watched for; an edge that is already there is delivered anew. From any thread; nothing happens to a closed source.</summary>
    public void Modify(ReactorSource source, uint events)
    {
        try
        {
            // A source on its way out is not registered any more (ENOENT); modifying allocates nothing, so that nothing else can fail.
            _ = Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_MOD, source.Handle, events, source.Token);
        }
        catch (ObjectDisposedException)
        {
            // The source, or the reactor, was closed meanwhile.
        }
    }

    /// <summary>Ends the watch. From any thread; an event already fetched finds nobody.</summary>
    public void Remove(ReactorSource source)
    {
        if (!_sources.TryRemove(source.Token, out _))
        {
            return;
        }

        try
        {
            // Not left to close(2): a second descriptor of the same file, a terminal's or one in a child before its exec, keeps the watch alive.
            _ = Libc.EpollCtl(_epoll, Libc.EPOLL_CTL_DEL, source.Handle, 0, 0);
        }
        catch (ObjectDisposedException)
        {
            // The reactor was closed meanwhile, and its watches with it.
        }
    }

    /// <summary>Gives the source another turn after all others had theirs. On the reactor's thread only.</summary>
    public void Again(ReactorSource source)
    {
        if (!source.IsQueued)
        {
            source.IsQueued = true;
            _again.Enqueue(source);
        }
    }

    /// <summary>Gives the source its next turn after so many ticks of <see cref="Stopwatch"/>, or with an event before. On the reactor's thread only.</summary>
    /// <remarks>The kernel adds its timer slack of 50 microseconds.</remarks>
    public void Rest(ReactorSource source, long ticks)
    {
        source.RestsUntil = Stopwatch.GetTimestamp() + ticks;
        _resting.Enqueue(source, source.RestsUntil);
    }

    /// <summary>Runs a command on the reactor's thread, soon and in order. From any thread. It must not throw.</summary>
    public void Post(Action command)
    {
        _commands.Enqueue(command);

        // The exchange is a full barrier: either it sees the thread asleep, or the thread sees the command before it sleeps.
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            WakeUp();
        }
    }

    /// <summary>Runs the commands posted so far, stops the thread and waits for it. Descriptors still watched stay open.</summary>
    public void Dispose()
    {
        Post(() => _stopping = true);
        _thread.Join();
        _epoll.Dispose();
        _wakeUp.Dispose();
    }

    private void Run()
    {
        var events = new EpollEvents(EventsPerWait);
        while (!_stopping)
        {
            var count = Wait(events);
            Volatile.Write(ref _asleep, 0);
            Require(count >= 0 || Libc.LastErrno == Errno.EINTR, "epoll_wait");
            if (count > 0)
            {
                Interlocked.Increment(ref _wakes);
            }

            for (var index = 0; index < count; index++)
            {
                if (_sources.TryGetValue(events.Data(index), out var source))
                {
                    Turn(source, events.Bits(index));
                }
            }

            TurnAgain();
            TurnRested();
            RunCommands();
        }
    }

    private int Wait(EpollEvents events)
    {
        if (!MaySleep())
        {
            return Libc.EpollWait(_epoll, events, 0);
        }

        if (!_resting.TryPeek(out _, out var due))
        {
            return Libc.EpollWait(_epoll, events, -1);
        }

        var left = Math.Max(due - Stopwatch.GetTimestamp(), 0);
        return Libc.EpollWaitBriefly(_epoll, events, left * NanosecondsPerSecond / Stopwatch.Frequency);
    }

    private bool MaySleep()
    {
        if (_again.Count > 0)
        {
            return false;
        }

        Interlocked.Exchange(ref _asleep, 1);
        return _commands.IsEmpty;
    }

    private void TurnAgain()
    {
        for (var waiting = _again.Count; waiting > 0; waiting--)
        {
            var source = _again.Dequeue();
            source.IsQueued = false;
            if (_sources.ContainsKey(source.Token))
            {
                Turn(source, 0);
            }
        }
    }

    private void TurnRested()
    {
        if (_resting.Count == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        while (_resting.TryPeek(out var first, out var due) && due <= now)
        {
            _resting.Dequeue();
            if (first.RestsUntil == due && _sources.ContainsKey(first.Token)) // else an event ended this rest
            {
                Turn(first, 0);
            }
        }
    }

    private void RunCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command();
        }
    }

    private static void Turn(ReactorSource source, uint events)
    {
        try
        {
            source.OnReady(events);
        }
        catch (Exception failure)
        {
            source.OnFailed(failure);
        }
    }

    private void WakeUp()
    {
        try
        {
            // Never read: edge-triggered, each write is an edge of its own, and 2^64 of them are far.
            Span<byte> one = stackalloc byte[sizeof(ulong)];
            BitConverter.TryWriteBytes(one, 1UL);
            _ = Libc.Write(_wakeUp, one);
        }
        catch (ObjectDisposedException)
        {
            // Posted to a reactor that has stopped: nobody is left to do it, and nothing is left to be done.
        }
    }

    private static void Require(bool success, string call)
    {
        if (!success)
        {
            throw new InvalidOperationException($"{call}: {OsError.Describe(Libc.LastErrno)}");
        }
    }
}
