namespace ExecActors.Platform;

/// <summary>Tries out what this machine allows for the end of descendants.</summary>
internal static class LifetimeSupport
{
    private const string CgroupName = "cgroup v2";
    private const string DescendantsName = "descendants";
    private const string GuardianName = "guardian";
    private const string Delegate = "give the server a cgroup of its own (systemd: Delegate=yes)";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>Makes a cgroup and a guardian, and takes both away again.</summary>
    public static IReadOnlyList<HostFinding> Look(LifetimeOptions lifetime)
    {
        var cgroup = Cgroup();
        return [cgroup, Descendants(lifetime, cgroup.IsEnough), Guard(lifetime)];
    }

    private static HostFinding Cgroup()
    {
        var own = OwnCgroup.Find();
        if (CgroupLeaf.TryMake(own, out var whyNot) is not { } leaf)
        {
            return new HostFinding(CgroupName, IsEnough: false, whyNot!, Delegate);
        }

        var left = leaf.Leave();
        if (left == 0)
        {
            leaf.MoveAllOut(_patience); // what another thread has started meanwhile
            leaf.TryRemove();
        }

        return left == 0
            ? new HostFinding(CgroupName, IsEnough: true, $"{own} can be divided", Remedy: null)
            : new HostFinding(CgroupName, IsEnough: false, $"{own} cannot be written: {OsError.Describe(left)}", Delegate);
    }

    private static HostFinding Descendants(LifetimeOptions lifetime, bool hasCgroup)
    {
        const string Remedy = "set execactors.lifetime.containment = auto";
        if (lifetime.Containment == ContainmentWay.Off)
        {
            return new HostFinding(DescendantsName, IsEnough: false, "only process groups are ended: containment is off", Remedy);
        }

        if (!MarkGate.TryUse(ProcessMark.NewHost()))
        {
            return new HostFinding(
                DescendantsName, IsEnough: false, "processes cannot be marked: the hard limit on file locks is too low", "leave RLIMIT_LOCKS unlimited (systemd: LimitLOCKS=infinity)");
        }

        return (lifetime.Containment, hasCgroup) switch
        {
            (ContainmentWay.Subreaper, _) => new HostFinding(DescendantsName, IsEnough: true, "ended by their marks; orphans are adopted", Remedy: null),
            (_, true) => new HostFinding(DescendantsName, IsEnough: true, "ended by their marks, and by a cgroup at the end of the server", Remedy: null),
            (ContainmentWay.Cgroup, false) => new HostFinding(
                DescendantsName, IsEnough: false, "ended by their marks; orphans are adopted, for the cgroup that was asked for cannot be had", Delegate),
            _ => new HostFinding(DescendantsName, IsEnough: true, "ended by their marks; orphans are adopted, for want of a cgroup", Remedy: null),
        };
    }

    private static HostFinding Guard(LifetimeOptions lifetime)
    {
        if (!lifetime.Guardian || lifetime.Containment == ContainmentWay.Off)
        {
            const string Detail = "off: if the server is killed, what its processes started in sessions of their own lives on";
            return new HostFinding(GuardianName, IsEnough: false, Detail, "set execactors.lifetime.guardian = on and a containment");
        }

        using var reactor = new Reactor();
        using var guardian = Guardian.TryStart(reactor, ProcessMark.NewHost().HostPrefix(), leaf: null, isInside: false, _ => { }, out var whyNot);
        return guardian is not null
            ? new HostFinding(GuardianName, IsEnough: true, "waits beside the server and ends what is left when that is killed", Remedy: null)
            : new HostFinding(GuardianName, IsEnough: false, whyNot!, "install a shell as /bin/sh");
    }
}
