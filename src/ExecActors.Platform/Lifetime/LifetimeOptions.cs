namespace ExecActors.Platform;

/// <summary>How a <see cref="LinuxProcessHost"/> sees to it that what it started ends with everything that it started in turn.</summary>
public sealed record LifetimeOptions
{
    /// <summary>Process groups only; fit for a program that does other things, too.</summary>
    public static LifetimeOptions GroupsOnly { get; } = new();

    /// <summary>How descendants are found that left their process group.</summary>
    public ContainmentWay Containment { get; init; } = ContainmentWay.Off;

    /// <summary>Whether a guardian (a small shell beside this program) ends what is left when this program is gone without having done so itself.</summary>
    public bool Guardian { get; init; }
}

/// <summary>How descendants are found that left their process group. Each but <see cref="Off"/> also marks processes, by which one's descendants are told from another's.</summary>
public enum ContainmentWay
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary><see cref="Cgroup"/> where this machine allows it, else <see cref="Subreaper"/>.</summary>
    Auto,

    /// <summary>This program and all it starts live in a cgroup of their own (version 2), which the guardian kills as a whole.</summary>
    Cgroup,

    /// <summary>Orphans become children of this program (PR_SET_CHILD_SUBREAPER), which reaps them.</summary>
    Subreaper,
}
