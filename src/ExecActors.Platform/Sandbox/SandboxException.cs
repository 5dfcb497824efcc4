namespace ExecActors.Platform;

/// <summary>A policy cannot be enforced on this machine or on the files as they are. Nothing was run. The message is for the client.</summary>
public sealed class SandboxException : Exception
{
    /// <summary>With what was asked, what was found and what to do.</summary>
    public SandboxException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
