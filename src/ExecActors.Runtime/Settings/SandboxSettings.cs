using ExecActors.Platform;

namespace ExecActors.Runtime.Settings;

/// <summary>Sandboxes (<c>execactors.sandbox</c>).</summary>
public sealed record SandboxSettings
{
    /// <summary>The bubblewrap program: an absolute path, or a name to be looked for on the server's PATH.</summary>
    public required string Bubblewrap { get; init; }

    /// <summary>Whether sandboxed programs are refused local sockets whatever their policy says of the network.</summary>
    public required bool DenyUnixSockets { get; init; }

    /// <summary>Names that the patterns of one policy together may look at.</summary>
    public required int GlobScanEntries { get; init; }

    /// <summary>Names looked at, at most, to find the files of sockets that are not where they were bound.</summary>
    public int SocketScanEntries { get; init; } = 20_000;

    /// <summary>Mounts that one policy may take.</summary>
    public required int Mounts { get; init; }

    /// <summary>File helpers of the server that may run at once.</summary>
    public required int Helpers { get; init; }

    /// <summary>How long a file helper is at work until it may be set aside for others.</summary>
    public TimeSpan HelperSlowAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>File helpers that may be set aside.</summary>
    public int SlowHelpers { get; init; } = 48;

    /// <summary>How long a file helper that nobody needs is kept; zero ends it after each request.</summary>
    public required TimeSpan HelperIdle { get; init; }

    /// <summary>How long a new file helper may take until it can be asked, and how long a request waits for one when all are busy.</summary>
    public required TimeSpan HelperPatience { get; init; }

    /// <summary>Absolute path of the program that becomes a file helper when run with <c>fs-helper</c>; empty for the running one.</summary>
    public required string HelperCommand { get; init; }

    /// <summary>What the platform needs to know of it.</summary>
    public SandboxOptions ToOptions() => new()
    {
        Bubblewrap = Bubblewrap,
        DeniesUnixSockets = DenyUnixSockets,
        Limits = new SandboxLimits { GlobScanEntries = GlobScanEntries, SocketScanEntries = SocketScanEntries, Mounts = Mounts },
    };

    internal static SandboxSettings Read(SettingsReader read) => new()
    {
        Bubblewrap = read.Program("execactors.sandbox.bubblewrap", "bwrap"),
        DenyUnixSockets = read.Switch("execactors.sandbox.deny-unix-sockets"),
        GlobScanEntries = read.Count("execactors.sandbox.glob-scan-entries", 1, 100_000_000),
        SocketScanEntries = read.Count("execactors.sandbox.socket-scan-entries", 0, 10_000_000),
        Mounts = read.Count("execactors.sandbox.mounts", 16, 2_000),
        Helpers = read.Count("execactors.sandbox.helpers", 1, 1_000),
        HelperSlowAfter = read.Duration("execactors.sandbox.helper-slow-after", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        SlowHelpers = read.Count("execactors.sandbox.slow-helpers", 1, 1_000),
        HelperIdle = read.Duration("execactors.sandbox.helper-idle", TimeSpan.Zero, TimeSpan.FromHours(1)),
        HelperPatience = read.Duration("execactors.sandbox.helper-patience", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
        HelperCommand = read.PathOrEmpty("execactors.sandbox.helper-command"),
    };
}
