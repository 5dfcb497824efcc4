namespace ExecActors.Platform;

/// <summary>
/// Kills processes by their marks until a look through /proc finds none: what forks faster than it is killed needs another round. One thread of the pool at a time does it
/// for all that is asked meanwhile.
/// </summary>
internal sealed class DescendantSweep(OrphanReaper reaper, Action<string> warn)
{
    private const int RoundMilliseconds = 100;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<MarkRange> _asked = []; // no more than there are processes and families
    private bool _isRunning;

    /// <summary>Ends what bears one of these marks, soon. Returns at once.</summary>
    public void End(MarkRange marks)
    {
        lock (_gate)
        {
            _asked.Add(marks);
            if (!_isRunning)
            {
                _isRunning = true;
                ThreadPool.UnsafeQueueUserWorkItem(_ => Run(), state: null);
            }
        }
    }

    /// <summary>Ends it on the calling thread.</summary>
    /// <returns>Whether nothing was left in time.</returns>
    public bool EndNow(MarkRange marks, TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (Round(marks.Contains) is { Count: > 0 })
        {
            if (Environment.TickCount64 >= deadline)
            {
                return false;
            }
        }

        return true;
    }

    private void Run()
    {
        var deadlines = new Dictionary<MarkRange, long>();
        while (Take(deadlines))
        {
            var left = Round(mark => deadlines.Keys.Any(range => range.Contains(mark)));
            foreach (var (range, deadline) in deadlines)
            {
                var remaining = left.Where(one => range.Contains(one.Mark)).Select(one => one.Pid).ToList();
                if (remaining.Count == 0)
                {
                    deadlines.Remove(range);
                }
                else if (Environment.TickCount64 > deadline)
                {
                    warn($"processes that do not die, although they were killed: {string.Join(", ", remaining)}");
                    deadlines.Remove(range);
                }
            }
        }
    }

    private bool Take(Dictionary<MarkRange, long> deadlines)
    {
        lock (_gate)
        {
            foreach (var marks in _asked)
            {
                deadlines.TryAdd(marks, Environment.TickCount64 + (long)_patience.TotalMilliseconds);
            }

            _asked.Clear();
            return _isRunning = deadlines.Count > 0;
        }
    }

    /// <returns>What was found, and killed; it may have started something meanwhile.</returns>
    private List<(int Pid, ulong Mark)> Round(Func<ulong, bool> isWanted)
    {
        var found = Descendant.Find(isWanted);
        found.ForEach(one => one.Kill());
        var deadline = Environment.TickCount64 + RoundMilliseconds;
        foreach (var one in found)
        {
            using (one)
            {
                one.AwaitEnd((int)Math.Max(deadline - Environment.TickCount64, 0));
            }
        }

        if (found.Count > 0)
        {
            MarkGate.Reap(found.Select(one => one.Pid)); // those that were adopted here
            reaper.Pass();
        }

        return [.. found.Select(one => (one.Pid, one.Mark))];
    }
}
