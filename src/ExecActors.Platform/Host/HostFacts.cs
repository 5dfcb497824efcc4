using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>What a client is told about this machine and user, paths as <see cref="NativeText"/>. Read once; does not change afterwards.</summary>
public sealed record HostFacts
{
    // In the order in which they are looked for when the user's own shell is none of them.
    private static readonly string[] _knownShells = ["bash", "zsh", "sh"];

    /// <summary>The user's shell: <c>bash</c>, <c>zsh</c> or <c>sh</c>.</summary>
    public required string ShellName { get; init; }

    /// <summary>Absolute path of the shell.</summary>
    public required string ShellPath { get; init; }

    /// <summary>Absolute path of the user's home; null when neither HOME nor the user database names one.</summary>
    public required string? HomeDirectory { get; init; }

    /// <summary>The directory this program works in.</summary>
    public required WorkingDirectory CurrentDirectory { get; init; }

    /// <summary>Absolute path for temporary files: TMPDIR, else <c>/tmp</c>.</summary>
    public required string TemporaryDirectory { get; init; }

    /// <summary>Temporary directories that the user chose, besides <c>/tmp</c>: TMPDIR when it is set.</summary>
    public required IReadOnlyList<string> TemporaryDirectories { get; init; }

    /// <summary>The machine's name as it calls itself.</summary>
    public required string HostName { get; init; }

    /// <summary>
    /// <c>sha256:</c> and 64 hexadecimal digits, the same on every run on this machine. The machine's own id cannot be found from it.
    /// </summary>
    public required string ProviderId { get; init; }

    /// <summary>Looks around, on this program's environment and the user database.</summary>
    public static HostFacts Read() => Read(ProgramEnvironment.Variables().GetValueOrDefault, Libc.OwnUserEntry(), MachineId());

    /// <summary>As <see cref="Read()"/> with what it would find; for tests.</summary>
    internal static HostFacts Read(Func<string, string?> environment, (string Home, string Shell)? user, string? machineId)
    {
        var shell = FindShell(user?.Shell, environment("PATH"));
        var cwd = WorkingDirectory.Find();
        var chosen = environment("TMPDIR") is { Length: > 0 } folder ? Path.GetFullPath(folder, cwd.Path) : null;
        var hostName = System.Environment.MachineName;
        return new HostFacts
        {
            ShellName = Path.GetFileName(shell),
            ShellPath = shell,
            HomeDirectory = new[] { environment("HOME"), user?.Home }.FirstOrDefault(home => home?.StartsWith('/') == true),
            CurrentDirectory = cwd,
            TemporaryDirectory = chosen ?? "/tmp",
            TemporaryDirectories = chosen is null ? [] : [chosen],
            HostName = hostName,
            ProviderId = Identify(machineId ?? hostName),
        };
    }

    /// <summary>The login shell when clients know its name and it can be run; SHELL does not count, as with the reference server.</summary>
    private static string FindShell(string? loginShell, string? path)
    {
        if (loginShell is not null && _knownShells.Contains(Path.GetFileName(loginShell), StringComparer.Ordinal) && UserEntry.IsProgram(loginShell))
        {
            return loginShell;
        }

        var folders = (path ?? "").Split(':').Where(folder => folder.StartsWith('/')).Append("/bin").ToArray();
        return _knownShells.SelectMany(shell => folders.Select(folder => Path.Combine(folder, shell))).FirstOrDefault(UserEntry.IsProgram) ?? "/bin/sh";
    }

    // machine-id(5) asks that the id be hashed with a key of the application before it is shown to anyone.
    private static string Identify(string machine) =>
        "sha256:" + Convert.ToHexStringLower(HmacSha256.Hash("execactors provider id"u8, Encoding.UTF8.GetBytes(machine)));

    private static string? MachineId()
    {
        foreach (var file in new[] { "/etc/machine-id", "/var/lib/dbus/machine-id" })
        {
            try
            {
                if (File.ReadAllText(file).Trim() is { Length: > 0 } id)
                {
                    return id;
                }
            }
            catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
            {
                // Containers often have none; the host's name stands in.
            }
        }

        return null;
    }
}
