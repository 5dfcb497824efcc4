namespace ExecActors.Runtime.Settings;

/// <summary>Sandboxes (<c>execactors.sandbox</c>).</summary>
public sealed record SandboxSettings
{
    /// <summary>File helpers of the server that may run at once.</summary>
    public required int Helpers { get; init; }

    /// <summary>How long a file helper that nobody needs is kept; zero ends it after each request.</summary>
    public required TimeSpan HelperIdle { get; init; }

    /// <summary>How long a new file helper may take until it can be asked, and how long a request waits for one when all are busy.</summary>
    public required TimeSpan HelperPatience { get; init; }

    /// <summary>Absolute path of the program that becomes a file helper when run with <c>fs-helper</c>; empty for the running one.</summary>
    public required string HelperCommand { get; init; }

    internal static SandboxSettings Read(SettingsReader read) => new()
    {
        Helpers = read.Count("execactors.sandbox.helpers", 1, 1_000),
        HelperIdle = read.Duration("execactors.sandbox.helper-idle", TimeSpan.Zero, TimeSpan.FromHours(1)),
        HelperPatience = read.Duration("execactors.sandbox.helper-patience", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5)),
        HelperCommand = read.PathOrEmpty("execactors.sandbox.helper-command"),
    };
}
