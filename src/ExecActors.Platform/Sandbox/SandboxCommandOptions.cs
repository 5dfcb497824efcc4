namespace ExecActors.Platform;

/// <summary>What a sandbox has besides its view of the file system.</summary>
public sealed record SandboxCommandOptions
{
    /// <summary>Gives the sandbox a network namespace of its own, with nothing in it.</summary>
    public required bool RestrictsNetwork { get; init; }

    /// <summary>Makes a user namespace too; needed unless the server is root with all capabilities.</summary>
    public bool UsesUserNamespace { get; init; } = true;

    /// <summary>Where the program begins; the root when it cannot see that directory.</summary>
    public UnixPath Cwd { get; init; }

    /// <summary>The whole environment of the program.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files and directories that are made readable at places of their own, whatever the policy says: what the program itself consists of.</summary>
    public IReadOnlyList<PrivateBind> PrivateBinds { get; init; } = [];

    /// <summary>What of the sandbox's own /proc is read-only.</summary>
    public ProcFiles Proc { get; init; } = ProcFiles.None;

    /// <summary>Sockets of the host that are covered, see <see cref="HostSockets"/>.</summary>
    public HostSockets Sockets { get; init; } = HostSockets.None;

    /// <summary>
    /// Whether placeholders stand at <see cref="MountPlan.Absent"/> and are mounted read-only. Without them the program itself has to keep
    /// those paths from being made; one that exists nevertheless is mounted.
    /// </summary>
    public bool HoldsAbsent { get; init; }

    /// <summary>Where such placeholders stand; without <see cref="HoldsAbsent"/> nowhere. There is none where this user may make nothing anyway.</summary>
    public IReadOnlyCollection<UnixPath> Placeholders { get; init; } = [];

    /// <summary>Descriptors that bubblewrap has of files of the plan, which it mounts in place of what is at their paths then.</summary>
    public IReadOnlyDictionary<UnixPath, int> Descriptors { get; init; } = new Dictionary<UnixPath, int>();

    /// <summary>The name the program sees as its own, for a bubblewrap of 0.9.0 or later; null for the one it is started by.</summary>
    public string? Arg0 { get; init; }

    /// <summary>The descriptor from which bubblewrap reads the system-call filter; null for none.</summary>
    public int? FilterDescriptor { get; init; }

    /// <summary>
    /// The descriptor to which bubblewrap writes the pid of the namespace's first process, and the exit code of a program that it could run; null for none.
    /// </summary>
    public int? StatusDescriptor { get; init; }

    /// <summary>The descriptor from which bubblewrap reads once all mounts are made, before it runs the program; null for none.</summary>
    public int? ReadyDescriptor { get; init; }
}

/// <summary>Something of the host that is readable in a sandbox at another place.</summary>
/// <param name="Source">What, outside.</param>
/// <param name="Target">Where, inside: below <see cref="Place"/>, or where the directory can be written or is made for it.</param>
public readonly record struct PrivateBind(UnixPath Source, UnixPath Target)
{
    /// <summary>A directory in the sandbox's own /dev that there is for such binds and that cannot be listed.</summary>
    public static UnixPath Place { get; } = UnixPath.FromText("/dev/.execactors");
}
