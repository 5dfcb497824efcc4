namespace ExecActors.Platform;

/// <summary>How sandboxes are made on this machine.</summary>
public sealed record SandboxOptions
{
    /// <summary>The program: an absolute path, or a name to be looked for on this program's PATH.</summary>
    public string Bubblewrap { get; init; } = "bwrap";

    /// <summary>Whether a sandboxed program is refused AF_UNIX sockets as well, whatever its policy says of the network.</summary>
    public bool DeniesUnixSockets { get; init; }

    /// <summary>How much work a policy may make.</summary>
    public SandboxLimits Limits { get; init; } = new();
}
