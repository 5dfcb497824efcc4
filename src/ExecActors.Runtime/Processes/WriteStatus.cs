namespace ExecActors.Runtime.Processes;

/// <summary>The statuses of process/write (protocol section 8.4).</summary>
internal static class WriteStatus
{
    /// <summary>In the queue or in the pipe.</summary>
    public const string Accepted = "accepted";

    /// <summary>No such process in the session.</summary>
    public const string UnknownProcess = "unknownProcess";

    /// <summary>The bytes can never arrive.</summary>
    public const string StdinClosed = "stdinClosed";
}
