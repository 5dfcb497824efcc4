namespace ExecActors.Server.Running;

/// <summary>A run cannot begin or go on. The text is for the user.</summary>
internal sealed class RunFailure : Exception
{
    /// <summary>With what went wrong and what helps.</summary>
    public RunFailure(string message, string remedy, int exitCode, Exception? inner = null)
        : base(message, inner)
    {
        Remedy = remedy;
        ExitCode = exitCode;
    }

    /// <summary>What helps; empty when the message says it.</summary>
    public string Remedy { get; }

    /// <summary>The exit code of the program.</summary>
    public int ExitCode { get; }
}
