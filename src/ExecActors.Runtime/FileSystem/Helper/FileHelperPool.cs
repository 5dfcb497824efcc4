using Akka.Actor;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// The warm helpers of one server, by what they can see. A helper serves one caller at a time; between calls it waits here, and ends when nobody
/// wanted it for <see cref="SandboxSettings.HelperIdle"/>. One that does not come back (a dead mount) is set aside, so that others have its place.
/// </summary>
/// <remarks>
/// Used by the threads of <c>execactors.blocking-io</c>, which may wait here, and by the scheduler's, which does not: hence a lock and no actor. Nothing
/// blocks while the lock is held but the waiting itself. Whoever takes a helper gives it back or lets it go, exactly once.
/// </remarks>
/// <param name="settings">How many, and for how long.</param>
/// <param name="scheduler">The clock.</param>
/// <param name="runBlocking">Runs the ending of idle helpers on a thread that may block; null to do it on the scheduler's, in tests.</param>
internal sealed partial class FileHelperPool(SandboxSettings settings, IScheduler scheduler, Action<Action>? runBlocking = null) : IDisposable
{
    /// <summary>How long a caller waits for the helper of another one before a second one is started for the same view: about what a start takes.</summary>
    private static readonly TimeSpan _startCost = TimeSpan.FromMilliseconds(30);

    private readonly object _gate = new();
    private readonly LinkedList<Idle> _idle = new(); // the longest idle first
    private readonly Dictionary<IFileHelper, HelperUse> _busy = [];
    private readonly Dictionary<string, int> _busyByKey = new(StringComparer.Ordinal);
    private ICancelable? _sweep;
    private int _places = settings.Helpers; // neither idle nor in use, but for those in use that were set aside
    private bool _disposed;

    /// <summary>Helpers that run or are being started.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return settings.Helpers - _places + _aside;
            }
        }
    }

    /// <summary>Helpers that somebody has taken and not given back.</summary>
    public int BusyCount
    {
        get
        {
            lock (_gate)
            {
                return _busy.Count;
            }
        }
    }

    /// <summary>Callers that wait for one.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>A helper for the caller alone: a waiting one with this key, or a new one, for whose sake the longest idle one ends when all places are taken.</summary>
    /// <param name="key">What the helper can see: equal keys, equal views.</param>
    /// <param name="user">Who wants it.</param>
    /// <param name="start">Starts one; called without the lock.</param>
    /// <exception cref="FileHelpersBusyException">Every place is taken by a busy helper and none became free in time.</exception>
    /// <exception cref="ObjectDisposedException">The server ends.</exception>
    public IFileHelper Take(string key, HelperUser user, Func<IFileHelper> start)
    {
        var ended = new List<IFileHelper>();
        HelperUse use;
        try
        {
            use = Reserve(key, user, ended);
        }
        finally
        {
            ended.ForEach(helper => helper.Dispose());
        }

        return use.Helper ?? Start(use, start);
    }

    /// <summary>The call is over and the helper can be asked again.</summary>
    public void GiveBack(IFileHelper helper)
    {
        lock (_gate)
        {
            var use = Forget(helper);
            if (!_disposed && settings.HelperIdle > TimeSpan.Zero && _places > 0 && !use.IsEnded)
            {
                _places--;
                _idle.AddLast(new Idle(helper, use.Key, Now));
                _sweep ??= ScheduleSweep(settings.HelperIdle);
                Monitor.PulseAll(_gate);
                return;
            }

            Monitor.PulseAll(_gate);
        }

        helper.Dispose();
    }

    /// <summary>The helper is lost, or nobody is to use it again: it ends.</summary>
    /// <returns>Whether it is lost because the pool has ended it for others' sake.</returns>
    public bool LetGo(IFileHelper helper)
    {
        HelperUse use;
        lock (_gate)
        {
            use = Forget(helper);
            Monitor.PulseAll(_gate);
        }

        helper.Dispose();
        return use.IsEnded;
    }

    /// <summary>Ends all helpers. Calls in progress fail, and so do those that wait for a helper.</summary>
    public void Dispose()
    {
        IFileHelper[] idle;
        IFileHelper[] busy;
        lock (_gate)
        {
            _disposed = true;
            idle = [.. _idle.Select(item => item.Helper)];
            busy = [.. _busy.Keys];
            _idle.Clear();
            _places += idle.Length;
            _sweep?.Cancel();
            _sweep = null;
            Monitor.PulseAll(_gate);
        }

        Array.ForEach(idle, helper => helper.Dispose());
        Array.ForEach(busy, helper => helper.Abort());
    }

    private TimeSpan Now => scheduler.MonotonicClock;

    private ICancelable ScheduleSweep(TimeSpan delay) => scheduler.Advanced.ScheduleOnceCancelable(delay, EndIdle);

    private void EndIdle()
    {
        var ended = new List<IFileHelper>();
        lock (_gate)
        {
            _sweep = null;
            if (_disposed)
            {
                return;
            }

            while (_idle.First is { } longest && Now - longest.Value.Since >= settings.HelperIdle)
            {
                _idle.RemoveFirst();
                ended.Add(longest.Value.Helper);
                _places++;
            }

            if (_idle.First is { } next)
            {
                _sweep = ScheduleSweep(settings.HelperIdle - (Now - next.Value.Since));
            }

            Monitor.PulseAll(_gate);
        }

        if (ended.Count > 0)
        {
            var end = () => ended.ForEach(helper => helper.Dispose());
            (runBlocking ?? (work => work()))(end);
        }
    }

    private sealed record Idle(IFileHelper Helper, string Key, TimeSpan Since);
}
