namespace ExecActors.Platform;

/// <summary>A policy cannot be enforced on this machine or on the files as they are. Nothing was run. The message is for the client.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>With what was asked, what was found and what to do.</summary>
    public SandboxException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether a file changed since the plan was made, so that a new plan may do.</summary>
    public bool IsOutdated { get; private init; }

    internal static SandboxException Outdated(UnixPath path) => new(
        $"the sandbox was not made: {path} was replaced by something else meanwhile; try again")
    {
        IsOutdated = true,
    };
}
