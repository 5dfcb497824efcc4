namespace ExecActors.Runtime.FileSystem;

/// <content>
/// Who gets a place. One principal's sessions have a <see cref="FairShare"/> of them. Where they are short, the session with the fewest helpers comes first, and
/// helpers at work for long are set aside: they go on, and are not counted. Of these, too, there may be only so many; beyond, one is ended.
/// </content>
internal sealed partial class FileHelperPool
{
    private readonly LinkedList<HelperUse> _uses = new(); // the longest under way first
    private readonly Dictionary<string, int> _counted = new(StringComparer.Ordinal); // by principal, without those set aside
    private readonly LinkedList<Waiter> _waiting = new(); // the longest waiting first
    private int _aside;

    private int Counted => _uses.Count - _aside;

    /// <returns>The use that begins: of a helper that waited, or without one, which the caller is to start.</returns>
    private HelperUse Reserve(string key, HelperUser user, List<IFileHelper> ended)
    {
        var waitedFrom = Environment.TickCount64;
        lock (_gate)
        {
            var waiter = _waiting.AddLast(new Waiter(user));
            try
            {
                while (true)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    var hasTurn = HasTurn(waiter.Value);
                    if (hasTurn && TakeIdle(key, ended) is { } helper)
                    {
                        return Begin(user, key, helper);
                    }

                    var waited = TimeSpan.FromMilliseconds(Environment.TickCount64 - waitedFrom);
                    waiter.Value.WantsOther = _busyByKey.ContainsKey(key) && waited < _startCost;
                    if (hasTurn && !waiter.Value.WantsOther && TakePlace(ended))
                    {
                        return Begin(user, key, helper: null);
                    }

                    var left = (waiter.Value.WantsOther ? _startCost : settings.HelperPatience) - waited;
                    if (left <= TimeSpan.Zero)
                    {
                        throw new FileHelpersBusyException(settings.Helpers);
                    }

                    if (waiter.Value.WantsOther || !SetAside(ref left))
                    {
                        Monitor.Wait(_gate, left);
                    }
                }
            }
            finally
            {
                _waiting.Remove(waiter);
                if (_waiting.Count > 0)
                {
                    Monitor.PulseAll(_gate); // another one's turn may have come
                }
            }
        }
    }

    private HelperUse Begin(HelperUser user, string key, IFileHelper? helper)
    {
        var use = new HelperUse(user, key, Environment.TickCount64) { Helper = helper };
        if (helper is not null)
        {
            _busy.Add(helper, use);
        }

        _uses.AddLast(use);
        user.Held++;
        _counted[user.Share] = _counted.GetValueOrDefault(user.Share) + 1;
        _busyByKey[key] = _busyByKey.GetValueOrDefault(key) + 1;
        return use;
    }

    // A place is given back with it, unless others have had that.
    private void End(HelperUse use)
    {
        _uses.Remove(use);
        use.User.Held--;
        if (--_busyByKey[use.Key] == 0)
        {
            _busyByKey.Remove(use.Key);
        }

        if (use.IsAside)
        {
            _aside--;
        }
        else
        {
            Uncount(use);
        }
    }

    private void Uncount(HelperUse use)
    {
        _places++;
        if (--_counted[use.User.Share] == 0)
        {
            _counted.Remove(use.User.Share);
        }
    }

    private bool MayHaveMore(HelperUser user) => FairShare.Admits(_counted.GetValueOrDefault(user.Share), Counted, settings.Helpers);

    // While there is a place for each who waits, all have.
    private bool HasTurn(Waiter waiter)
    {
        if (!MayHaveMore(waiter.User))
        {
            return false;
        }

        return _waiting.Count <= _places + _idle.Count
            || _waiting.Where(other => other == waiter || (!other.WantsOther && MayHaveMore(other.User))).MinBy(other => other.User.Held) == waiter;
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

    /// <summary>Sets aside the helpers that have been at work for long, as many as there may be of these; beyond, one is ended.</summary>
    /// <param name="left">How long to wait; shorter afterwards when the next is due before.</param>
    /// <returns>Whether one was set aside, so that it is worth having another look at once.</returns>
    private bool SetAside(ref TimeSpan left)
    {
        var now = Environment.TickCount64;
        var before = _aside;
        foreach (var use in _uses.Where(use => !use.IsAside).ToList())
        {
            var due = settings.HelperSlowAfter - TimeSpan.FromMilliseconds(now - use.Since);
            if (due > TimeSpan.Zero)
            {
                left = left < due ? left : due;
                break; // the others began later
            }

            if (_aside == settings.SlowHelpers)
            {
                EndOneAside();
                break; // its place is there once its caller has let it go
            }

            use.IsAside = true;
            _aside++;
            Uncount(use);
        }

        return _aside > before;
    }

    // Of the principal that has the most, and of its sessions the same, the one that has taken longest. One at a time.
    private void EndOneAside()
    {
        var aside = _uses.Where(use => use is { IsAside: true, Helper: not null }).ToList();
        if (aside.Count == 0 || aside.Exists(use => use.IsEnded))
        {
            return;
        }

        var most = aside.GroupBy(use => use.User.Share, StringComparer.Ordinal).MaxBy(share => share.Count())!
            .GroupBy(use => use.User).MaxBy(session => session.Count())!.First();
        most.IsEnded = true;
        most.Helper!.Abort();
    }

    private IFileHelper Start(HelperUse use, Func<IFileHelper> start)
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
                    End(use);
                    Monitor.PulseAll(_gate);
                }
                else
                {
                    use.Helper = helper;
                    _busy.Add(helper, use);
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

    private HelperUse Forget(IFileHelper helper)
    {
        if (!_busy.Remove(helper, out var use))
        {
            throw new InvalidOperationException("a helper was given back that nobody had taken");
        }

        End(use);
        return use;
    }

    private sealed class Waiter(HelperUser user)
    {
        public HelperUser User => user;

        /// <summary>Whether it waits for the helper of another one, rather than for a place.</summary>
        public bool WantsOther { get; set; }
    }
}
