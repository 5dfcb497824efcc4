namespace ExecActors.Protocol;

/// <summary>Why a process was not started, in the reference server's words.</summary>
public static class StartFailureKinds
{
    /// <summary>The operating system did not find the program, its interpreter or the working directory.</summary>
    public const string NotFound = "spawnNotFound";

    /// <summary>The program may not be run, or the working directory not be entered.</summary>
    public const string PermissionDenied = "spawnPermissionDenied";

    /// <summary>Anything else.</summary>
    public const string Failed = "spawnFailed";

    /// <summary>The sandbox cannot be made as asked for.</summary>
    public const string SandboxPreparation = "sandboxPreparation";

    /// <summary>This server has no sandbox of that sort.</summary>
    public const string SandboxUnavailable = "sandboxUnavailable";
}
