namespace ExecActors.Platform;

/// <summary>Starts a program under another name where bubblewrap cannot (before 0.9.0), by an interpreter that is replaced by the program.</summary>
internal static class RenamedProgram
{
    // perl hands the environment on as it is; bash adds PWD, SHLVL and _. Neither reads a start-up file.
    private static readonly (string Path, string[] Arguments)[] _interpreters =
    [
        ("/usr/bin/perl", ["-e", "my $program = splice @ARGV, 1, 1; exec {$program} @ARGV; print STDERR \"Failed to execvp $program: $!\\n\"; exit 101", "--"]),
        ("/bin/bash", ["-p", "-c", "exec -a \"$0\" -- \"$@\""]),
    ];

    /// <summary>The command that becomes <paramref name="command"/> with another name.</summary>
    /// <exception cref="SandboxException">No interpreter can be seen in the sandbox.</exception>
    public static IReadOnlyList<string> Wrap(MountPlan plan, IReadOnlyList<string> command, string arg0)
    {
        var resolver = new PathResolver();
        foreach (var (path, arguments) in _interpreters)
        {
            var resolved = resolver.Resolve(UnixPath.FromText(path));
            if (resolved.Identity is not null && plan.AccessTo(resolved.Canonical) is SandboxAccess.Read or SandboxAccess.Write)
            {
                return [path, .. arguments, arg0, .. command];
            }
        }

        throw new SandboxException(
            "arg0 differs from the program, which in a sandbox needs bubblewrap 0.9.0, or perl or bash readable in it; "
            + "install a newer bubblewrap, or leave arg0 out");
    }
}
