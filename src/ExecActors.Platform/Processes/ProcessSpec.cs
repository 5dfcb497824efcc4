namespace ExecActors.Platform;

/// <summary>What to start and how its streams are made.</summary>
public sealed record ProcessSpec
{
    /// <summary>Program and arguments; <c>[0]</c> is searched in the child's PATH when it has no slash.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>What the program sees as its own name; null for <c>Argv[0]</c>.</summary>
    public string? Arg0 { get; init; }

    /// <summary>Absolute path of the working directory, as the bytes the kernel takes, without NUL.</summary>
    public required ReadOnlyMemory<byte> Cwd { get; init; }

    /// <summary>The whole environment of the child.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>How the three standard descriptors are made.</summary>
    public required ProcessIo Io { get; init; }

    /// <summary>
    /// What the program may do; null, or a policy that limits nothing, to run it as it is. It is run under this policy or not at all.
    /// </summary>
    public SandboxPolicy? Sandbox { get; init; }

    /// <summary>What it ends with, at the latest; from the host that starts it. Null for the host alone.</summary>
    public IProcessFamily? Family { get; init; }

    /// <summary>Whether the program runs in a sandbox.</summary>
    public bool IsSandboxed => Sandbox is { LimitsNothing: false };

    /// <summary>Terminal rows; ignored without a terminal.</summary>
    public ushort Rows { get; init; } = 24;

    /// <summary>Terminal columns; ignored without a terminal.</summary>
    public ushort Columns { get; init; } = 80;
}

/// <summary>How a child's standard descriptors are made.</summary>
public enum ProcessIo
{
    /// <summary>stdin is /dev/null, stdout and stderr are pipes.</summary>
    Pipes,

    /// <summary>stdin, stdout and stderr are pipes.</summary>
    PipesWithStdin,

    /// <summary>All three are a new terminal, which is the child's controlling terminal.</summary>
    Terminal,
}

/// <summary>Which stream bytes came from.</summary>
public enum OutputStreamKind
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,

    /// <summary>The terminal's one output.</summary>
    Terminal,
}

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit status 0 to 255, or 128 plus the signal's number; -1 when something else in this program reaped it first.</param>
/// <param name="Signal">The signal that ended it; 0 when it exited by itself.</param>
public readonly record struct ExitStatus(int Code, int Signal);

/// <summary>A process could not be started.</summary>
public sealed class ProcessStartException : Exception
{
    /// <summary>With the text for the caller, and the errno that caused it (0 when none did).</summary>
    public ProcessStartException(string message, int errno, Exception? inner = null)
        : base(message, inner) => Errno = errno;

    /// <summary>The errno behind the failure; 0 when it was found before any system call.</summary>
    public int Errno { get; }

    /// <summary>What it was about, the program or the working directory for instance, as <see cref="NativeText"/>; null for nothing of the sort.</summary>
    public string? Path { get; init; }

    /// <summary>Whether it was the sandbox that could not be made.</summary>
    public bool IsOfSandbox { get; init; }

    /// <summary>Whether no program was there to be run: a look-up ended without one.</summary>
    public bool IsOfLookup { get; init; }
}
