namespace ExecActors.Platform;

/// <summary>How much work a policy may make.</summary>
public sealed record SandboxLimits
{
    /// <summary>Names that all patterns of a policy together may look at.</summary>
    /// <value>Default 500,000: about a second.</value>
    public int GlobScanEntries { get; init; } = 500_000;

    /// <summary>Names looked at, at most, to find the files of sockets that are not where they were bound.</summary>
    /// <value>Default 20,000: some 20 milliseconds, once for each such socket.</value>
    public int SocketScanEntries { get; init; } = 20_000;

    /// <summary>Things mounted for one policy: entries, hits of patterns, protected names.</summary>
    /// <value>Default 1,500, at most 2,000: bubblewrap takes 9,000 arguments.</value>
    public int Mounts { get; init; } = 1_500;
}
