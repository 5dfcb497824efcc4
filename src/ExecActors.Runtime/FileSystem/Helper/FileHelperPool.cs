using Akka.Actor;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// The warm helpers of one server, by what they can see. A helper serves one caller at a time; between calls it waits here, and ends when nobody
/// wanted it for <see cref="SandboxSettings.HelperIdle"/>.
/// </summary>
/// <remarks>
/// Used by the threads of <c>execactors.blocking-io</c>, which may wait here, and by the scheduler's, which does not: hence a lock and no actor. Nothing
/// blocks while the lock is held but the waiting itself. Whoever takes a helper gives it back or lets it go, exactly once.
/// </remarks>
/// <param name="settings">How many, and for how long.</param>
/// <param name="scheduler">The clock.</param>
/// <param name="runBlocking">Runs the ending of idle helpers on a thread that may block; null to do it on the scheduler's, in tests.</param>
internal sealed class FileHelperPool(SandboxSettings settings, IScheduler scheduler, Action<Action>? runBlocking = null) : IDisposable
{
    /// <summary>How long a caller waits for the helper of another one before a second one is started for the same view: about what a start takes.</summary>
    private static readonly TimeSpan _startCost = TimeSpan.FromMilliseconds(30);

    private readonly object _gate = new();
    private readonly LinkedList<Idle> _idle = new(); // the longest idle first
    private readonly Dictionary<IFileHelper, string> _busy = [];
    private readonly Dictionary<string, int> _busyByKey = new(StringComparer.Ordinal);
    private ICancelable? _sweep;
    private int _places = settings.Helpers;
    private bool _disposed;

    /// <summary>Helpers that run or are being started.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return settings.Helpers - _places;
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

    /// <summary>A helper for the caller alone: a waiting one with this key, or a new one, for whose sake the longest idle one ends when all places are taken.</summary>
    /// <param name="key">What the helper can see: equal keys, equal views.</param>
    /// <param name="start">Starts one; called without the lock.</param>
    /// <exception cref="FileHelpersBusyException">Every place is taken by a busy helper and none became free in time.</exception>
    /// <exception cref="ObjectDisposedException">The server ends.</exception>
    public IFileHelper Take(string key, Func<IFileHelper> start)
    {
        var ended = new List<IFileHelper>();
        try
        {
            if (Reserve(key, ended) is { } warm)
            {
                return warm;
            }
        }
        finally
        {
            ended.ForEach(helper => helper.Dispose());
        }

        return Start(key, start);
    }

    /// <summary>The call is over and the helper can be asked again.</summary>
    public void GiveBack(IFileHelper helper)
    {
        lock (_gate)
        {
            var key = Forget(helper);
            if (!_disposed && settings.HelperIdle > TimeSpan.Zero)
            {
                _idle.AddLast(new Idle(helper, key, Now));
                _sweep ??= ScheduleSweep(settings.HelperIdle);
                Monitor.PulseAll(_gate);
                return;
            }

            _places++;
            Monitor.PulseAll(_gate);
        }

        helper.Dispose();
    }

    /// <summary>The helper is lost, or nobody is to use it again: it ends.</summary>
    public void LetGo(IFileHelper helper)
    {
        lock (_gate)
        {
            Forget(helper);
            _places++;
            Monitor.PulseAll(_gate);
        }

        helper.Dispose();
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

    /// <returns>A helper that waits, or null: then a place is the caller's.</returns>
    private IFileHelper? Reserve(string key, List<IFileHelper> ended)
    {
        var waitedFrom = Environment.TickCount64;
        lock (_gate)
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (TakeIdle(key, ended) is { } helper)
                {
                    return helper;
                }

                var waited = TimeSpan.FromMilliseconds(Environment.TickCount64 - waitedFrom);
                var isShared = _busyByKey.ContainsKey(key) && waited < _startCost;
                if (!isShared && TakePlace(ended))
                {
                    _busyByKey[key] = _busyByKey.GetValueOrDefault(key) + 1;
                    return null;
                }

                var left = (isShared ? _startCost : settings.HelperPatience) - waited;
                if (left <= TimeSpan.Zero)
                {
                    throw new FileHelpersBusyException(settings.Helpers);
                }

                Monitor.Wait(_gate, left);
            }
        }
    }

    private IFileHelper? TakeIdle(string key, List<IFileHelper> ended)
    {
        // The one that was used last: the others may become idle for good.
        for (var node = _idle.Last; node is not null;)
        {
            var (item, before) = (node.Value, node.Previous);
            if (string.Equals(item.Key, key, StringComparison.Ordinal))
            {
                _idle.Remove(node);
                if (item.Helper.IsAlive)
                {
                    _busy.Add(item.Helper, key);
                    _busyByKey[key] = _busyByKey.GetValueOrDefault(key) + 1;
                    return item.Helper;
                }

                _places++;
                ended.Add(item.Helper);
            }

            node = before;
        }

        return null;
    }

    private bool TakePlace(List<IFileHelper> ended)
    {
        if (_places == 0 && _idle.First is { } longest)
        {
            _idle.Remove(longest);
            ended.Add(longest.Value.Helper);
            _places++;
        }

        if (_places == 0)
        {
            return false;
        }

        _places--;
        return true;
    }

    private IFileHelper Start(string key, Func<IFileHelper> start)
    {
        IFileHelper? helper = null;
        try
        {
            helper = start();
        }
        finally
        {
            lock (_gate)
            {
                if (helper is null || _disposed)
                {
                    _places++;
                    Release(key);
                    Monitor.PulseAll(_gate);
                }
                else
                {
                    _busy.Add(helper, key);
                }
            }
        }

        if (_disposed)
        {
            helper.Dispose();
            throw new ObjectDisposedException(nameof(FileHelperPool));
        }

        return helper;
    }

    private string Forget(IFileHelper helper)
    {
        if (!_busy.Remove(helper, out var key))
        {
            throw new InvalidOperationException("a helper was given back that nobody had taken");
        }

        Release(key);
        return key;
    }

    private void Release(string key)
    {
        if (--_busyByKey[key] == 0)
        {
            _busyByKey.Remove(key);
        }
    }

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

/// <summary>Every helper that the server may have is busy, and none became free in time.</summary>
internal sealed class FileHelpersBusyException(int count) : Exception($"all {count} sandboxed file helpers are busy")
{
    /// <summary>How many there may be.</summary>
    public int Count => count;
}
