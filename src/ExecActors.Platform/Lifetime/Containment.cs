using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>
/// What a host does about descendants that left their process group: marks what it starts, ends what bears a mark, and leaves word with a guardian.
/// Disposing ends everything that bears a mark of this host.
/// </summary>
internal sealed class Containment : IDisposable
{
    /// <summary>A killed process is gone in a moment, unless it waits for a device that does not answer.</summary>
    private static readonly TimeSpan _endPatience = TimeSpan.FromSeconds(1);

    private const int MaxGuardians = 5;
    private const int GuardianPause = 1000; // milliseconds

    private readonly LifetimeOptions _options;
    private readonly Reactor _reactor;
    private readonly Action<string> _warn;
    private readonly ProcessMark _host = ProcessMark.NewHost();
    private readonly DescendantSweep _sweep;
    private readonly OrphanReaper _reaper;
    private readonly Lock _preparing = new();
    private readonly HashSet<int> _families = [];
    private int _lastFamily;
    private int _lastProcess;
    private int _guardians;
    private bool _isPrepared;
    private bool _marks;
    private bool _adopts;
    private bool _reaps;
    private bool _disposed;
    private bool _lacksGuardian;
    private int _isLookingForGuardian;
    private long _guardianNotBefore;
    private CgroupLeaf? _leaf;
    private Guardian? _guardian;

    public Containment(LifetimeOptions options, Reactor reactor, Action<string> warn)
    {
        _options = options;
        _reactor = reactor;
        _warn = warn;
        _reaper = new OrphanReaper(_host.RangeOfHost());
        _sweep = new DescendantSweep(_reaper, warn);
    }

    /// <summary>The guardian's process; 0 when there is none.</summary>
    public int GuardianPid
    {
        get
        {
            lock (_preparing)
            {
                return _guardian?.Pid ?? 0;
            }
        }
    }

    /// <summary>The way that was taken; <see cref="ContainmentWay.Off"/> before <see cref="Prepare"/> and where nothing works.</summary>
    public ContainmentWay Way
    {
        get
        {
            lock (_preparing)
            {
                return _leaf is not null ? ContainmentWay.Cgroup : _adopts ? ContainmentWay.Subreaper : ContainmentWay.Off;
            }
        }
    }

    /// <summary>Does what has to be done once, before the first process starts: some 15 ms where there is a cgroup. Blocks; further calls wait for the first.</summary>
    public void Prepare()
    {
        if (Volatile.Read(ref _isPrepared))
        {
            return;
        }

        lock (_preparing)
        {
            if (_isPrepared || _disposed)
            {
                return;
            }

            _marks = MarkGate.TryUse(_host);
            if (!_marks)
            {
                _warn("processes cannot be marked here (RLIMIT_LOCKS cannot be set), so one that leaves its process group is not found when its process ends");
            }

            PlanLeaf();
            BeginGuarding(isInside: false); // which removes the cgroup if this program is killed the moment after it is made
            MakeLeaf();
            _adopts = _leaf is null && Libc.SetChildSubreaper(adopts: true) == 0;
            _reaps = _adopts || Environment.ProcessId == 1; // which adopts all orphans of its namespace
            Volatile.Write(ref _isPrepared, true);
        }
    }

    /// <summary>The mark for a process that is about to start. Waits for <see cref="Prepare"/>.</summary>
    public ProcessMark NextMark(ProcessFamily? family)
    {
        Prepare();
        if (_reaps)
        {
            _reaper.Wake();
        }

        if (Volatile.Read(ref _lacksGuardian) && Interlocked.Exchange(ref _isLookingForGuardian, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => TryGuardAgain(), state: null);
        }

        return family?.NextMark() ?? _host.Of(0, NextProcess(ref _lastProcess));
    }

    /// <summary>A family with a number of its own.</summary>
    public ProcessFamily NewFamily()
    {
        lock (_families)
        {
            var number = _lastFamily;
            do
            {
                number = number == ProcessMark.MaxFamily ? 1 : number + 1;
            }
            while (!_families.Add(number) && _families.Count < ProcessMark.MaxFamily);

            _lastFamily = number;
            return new ProcessFamily(this, _host, number);
        }
    }

    /// <summary>Kills what bears this mark and what descends from it, soon. Returns at once.</summary>
    public void End(ProcessMark mark)
    {
        if (Volatile.Read(ref _marks))
        {
            _sweep.End(new MarkRange(mark));
        }
    }

    /// <summary>The same for a whole family, whose number is free again.</summary>
    public void End(int family, bool hasProcesses)
    {
        if (hasProcesses && Volatile.Read(ref _marks))
        {
            _sweep.End(_host.RangeOfFamily(family));
        }

        lock (_families)
        {
            _families.Remove(family);
        }
    }

    /// <summary>The next number of a process, beginning anew after the last.</summary>
    public static int NextProcess(ref int last) => (int)(((uint)Interlocked.Increment(ref last) - 1) % ProcessMark.MaxProcess) + 1;

    /// <summary>Ends everything that this host has started and dismisses the guardian. The leaders have been reaped. Waits a few seconds at most.</summary>
    public void Dispose()
    {
        lock (_preparing)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            var isClean = !_marks || _sweep.EndNow(_host.RangeOfHost(), _endPatience);
            isClean &= CloseLeaf();
            if (_adopts)
            {
                EndStrays();
            }

            _reaper.Pass();
            _reaper.Dispose();
            if (_adopts)
            {
                _ = Libc.SetChildSubreaper(adopts: false);
            }

            if (isClean)
            {
                _guardian?.Dispose();
            }
            else
            {
                _guardian?.Leave();
            }
        }
    }

    private void PlanLeaf()
    {
        if (_options.Containment is ContainmentWay.Auto or ContainmentWay.Cgroup)
        {
            _leaf = CgroupLeaf.Plan(OwnCgroup.Find(), out var whyNot);
            WarnOfNoLeaf(whyNot);
        }
    }

    private void MakeLeaf()
    {
        if (_leaf is null)
        {
            return;
        }

        if (!_leaf.Make(out var whyNot))
        {
            WarnOfNoLeaf(whyNot);
            _leaf = null;
            return;
        }

        if (_leaf.Enter() is var errno and not 0)
        {
            _warn($"{_leaf.Path} could not be entered: {OsError.Describe(errno)}; orphans are adopted instead");
            _leaf.TryRemove();
            _leaf = null;
        }
    }

    private void WarnOfNoLeaf(string? whyNot)
    {
        if (whyNot is not null && _options.Containment == ContainmentWay.Cgroup)
        {
            _warn($"no cgroup could be made for processes: {whyNot}; orphans are adopted instead");
        }
    }

    // Before the cgroup is entered and orphans are adopted, so that the guardian is born outside and becomes nobody's child here.
    private void BeginGuarding(bool isInside)
    {
        // The end of the first process of a pid namespace ends all others.
        if (!_options.Guardian || Environment.ProcessId == 1 || _guardians == MaxGuardians)
        {
            return;
        }

        if (_adopts)
        {
            _ = Libc.SetChildSubreaper(adopts: false);
        }

        _guardian = Guardian.TryStart(_reactor, _host.HostPrefix(), _leaf, isInside, OnGuardianLost, out var whyNot);
        if (_guardian is not null)
        {
            _guardians++;
        }
        else if (!_lacksGuardian)
        {
            _warn($"no guardian: {whyNot}; what processes start in sessions of their own lives on if this program is killed, until a later start of one succeeds");
        }

        Volatile.Write(ref _lacksGuardian, _guardian is null);

        if (_adopts)
        {
            _ = Libc.SetChildSubreaper(adopts: true);
        }
    }

    // Asked for by a start of a process: there may have been no process id or descriptor for one before. The next try is a second later, at the earliest.
    private void TryGuardAgain()
    {
        lock (_preparing)
        {
            if (!_disposed && Environment.TickCount64 >= _guardianNotBefore)
            {
                _guardianNotBefore = Environment.TickCount64 + GuardianPause;
                BeginGuarding(isInside: _leaf is not null);
            }
        }

        Volatile.Write(ref _isLookingForGuardian, 0);
    }

    private void OnGuardianLost(Guardian guardian) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            lock (_preparing)
            {
                if (!_disposed)
                {
                    _warn($"the guardian (process {guardian.Pid}) was ended by somebody else; another one takes its place");
                    BeginGuarding(isInside: _leaf is not null);
                }
            }
        },
        state: null);

    // Adopted, and without our mark: a program took it off, and went away from its parent. What this program started itself is known, or in its own session.
    private void EndStrays()
    {
        var session = Libc.GetSid(0);
        foreach (var pid in Descendant.ChildrenOf(Environment.ProcessId))
        {
            if (!MarkGate.IsKnown(pid) && pid != _guardian?.Pid && Libc.GetSid(pid) is var other && other >= 0 && other != session)
            {
                using var pidfd = Libc.PidfdOpen(pid); // unreaped, so that the number is still its own
                _ = Libc.Kill(pid, Signals.SIGKILL);
                _ = Libc.PollFor(pidfd, Libc.POLLIN, (int)_endPatience.TotalMilliseconds);
                MarkGate.Reap([pid]);
            }
        }
    }

    // Left before it is killed. What cannot be killed keeps it; the guardian tries on.
    private bool CloseLeaf()
    {
        if (_leaf is null)
        {
            return true;
        }

        if (_leaf.Leave() is var errno and not 0)
        {
            _warn($"{_leaf.Path} could not be left: {OsError.Describe(errno)}");
            return true; // to kill it would be to kill this program
        }

        return _leaf.KillAll(_endPatience) && _leaf.TryRemove();
    }
}
