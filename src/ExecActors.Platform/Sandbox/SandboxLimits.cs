namespace ExecActors.Platform;

/// <summary>How much work a policy may make.</summary>
public sealed record SandboxLimits
{
    /// <summary>Names that all patterns of a policy together may look at.</summary>
    /// <value>Default 500,000: about a second.</value>
    public int GlobScanEntries { get; init; } = 500_000;

    /// <summary>Things mounted for one policy: entries, hits of patterns, protected names.</summary>
    /// <value>Default 1,500, at most 2,000: bubblewrap takes 9,000 arguments.</value>
    public int Mounts { get; init; } = 1_500;
}
