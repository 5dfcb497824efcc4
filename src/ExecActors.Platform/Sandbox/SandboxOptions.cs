namespace ExecActors.Platform.Sandbox;

/// <summary>How sandboxes are made on this machine.</summary>
public sealed record SandboxOptions
{
    /// <summary>The program; null to look for <c>bwrap</c> on this program's PATH.</summary>
    public string? Bubblewrap { get; init; }

    /// <summary>Whether a sandboxed program is refused AF_UNIX sockets as well, whatever its policy says of the network.</summary>
    public bool DeniesUnixSockets { get; init; }

    /// <summary>How much work a policy may make.</summary>
    public SandboxLimits Limits { get; init; } = new();
}
