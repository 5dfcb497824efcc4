namespace ExecActors.Platform;

/// <summary>What a sandboxed program may do. Says nothing of how the file system looks now; <see cref="MountPlan"/> expands it.</summary>
/// <remarks>
/// The more specific path wins, in both directions. At the same path deny wins over write, and write over read. A writable directory other
/// than the root keeps its <see cref="ProtectedNames"/> read-only unless an entry names them.
/// </remarks>
public sealed record SandboxPolicy
{
    /// <summary>
    /// What a writable root keeps read-only at its top: they configure programs that run outside the sandbox. The reference server keeps the
    /// same four.
    /// </summary>
    public static IReadOnlyList<string> ProtectedNames { get; } = [".git", ".codex", ".agents", ".aws"];

    /// <summary>Whether a name is one of those.</summary>
    public static bool IsProtectedName(string name) => ProtectedNames.Any(known => string.Equals(known, name, StringComparison.Ordinal));

    /// <summary>What programs of the platform need to run: their files and those of the system's configuration.</summary>
    public static IReadOnlyList<UnixPath> Platform { get; } =
    [
        .. new[] { "/bin", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/run/current-system/sw", "/sbin", "/usr" }
            .Select(UnixPath.FromText),
    ];

    /// <summary>False leaves the whole file system as it is, devices included; the entries are not read then.</summary>
    public required bool RestrictsFiles { get; init; }

    /// <summary>Whether sockets other than those of the local machine's file system are refused.</summary>
    public required bool RestrictsNetwork { get; init; }

    /// <summary>Paths and what may be done with them. What no entry covers is absent.</summary>
    public IReadOnlyList<SandboxEntry> Entries { get; init; } = [];

    /// <summary>Patterns, expanded when the plan is made. A pattern can take away or allow reading; write patterns grant nothing.</summary>
    public IReadOnlyList<SandboxGlob> Globs { get; init; } = [];

    /// <summary>How many directories deep patterns are followed below their fixed part; null for no such limit.</summary>
    public int? GlobScanMaxDepth { get; init; }

    /// <summary>Nothing is limited: a program under it needs no sandbox.</summary>
    public bool LimitsNothing => !RestrictsNetwork && !LimitsReading && !LimitsWriting;

    /// <summary>Whether there may be something that can be read without the policy and not with it.</summary>
    public bool LimitsReading => RestrictsFiles && (RootAccess is SandboxAccess.None or SandboxAccess.Deny || Takes(SandboxAccess.Deny));

    /// <summary>Whether there may be something that can be written without the policy and not with it.</summary>
    public bool LimitsWriting => RestrictsFiles && (RootAccess != SandboxAccess.Write || Takes(SandboxAccess.Deny) || Takes(SandboxAccess.Read));

    private SandboxAccess RootAccess =>
        Entries.Where(entry => entry.Path.IsRoot).Select(entry => entry.Access).DefaultIfEmpty(SandboxAccess.None).Max();

    private bool Takes(SandboxAccess access) =>
        Entries.Any(entry => entry.Access == access && !entry.Path.IsRoot) || Globs.Any(glob => glob.Access == access);
}

/// <summary>What may be done with a path and everything below it.</summary>
public enum SandboxAccess
{
    /// <summary>Not granted: the path does not exist for the program.</summary>
    None,

    /// <summary>Reading, listing, running.</summary>
    Read,

    /// <summary>Everything.</summary>
    Write,

    /// <summary>Taken away: it is there and cannot be opened.</summary>
    Deny,
}

/// <summary>One path of a policy.</summary>
/// <param name="Path">As the client named it; links are resolved when the plan is made.</param>
/// <param name="Access">Read, write or deny.</param>
/// <param name="SkipIfMissing">False: read and deny of a path that does not exist yet keep it from being made.</param>
public readonly record struct SandboxEntry(UnixPath Path, SandboxAccess Access, bool SkipIfMissing = false);

/// <summary>One pattern of a policy.</summary>
/// <param name="Pattern">Absolute, one character per byte: <c>*</c>, <c>?</c>, <c>**</c>, <c>[a-z]</c>, <c>{a,b}</c>, <c>\</c> before a character taken literally.</param>
/// <param name="Access">Read or deny.</param>
public readonly record struct SandboxGlob(string Pattern, SandboxAccess Access);
