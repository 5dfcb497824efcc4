using System.CommandLine;
using ExecActors.Platform;
using ExecActors.Server.Diagnosis;
using ExecActors.Server.Serving;

namespace ExecActors.Server.Commands;

/// <summary><c>execactors doctor</c>: what of this machine a server can use.</summary>
internal static class DoctorCommand
{
    private const string Description = """
        Looks for what a server uses on this machine: bubblewrap, user namespaces, seccomp and Landlock for sandboxes, terminals, what
        ends the descendants of processes, and the limits on inotify and open files. Tries it out as this user, and says what to do about what is missing.

          States: ok; missing: requests with a sandbox are refused without it; limited: a server runs without, or with little of it.

          Exit codes: 0 when requests with a sandbox can be served, 1 when not, 2 for a wrong command line.
        """;

    private const string Examples = """
          execactors doctor
          execactors doctor --json | jq -r '.findings[] | select(.state != "ok") | .remedy'
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create(ProgramIo io)
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON object instead of text." };
        var config = PathOption.Create("--config", "HOCON file that is laid over the built-in settings, as for serve.");
        var command = new DocumentedCommand("doctor", Description, Examples) { json, config };
        command.SetAction(parsed =>
        {
            var settings = ConfigFile.Load(parsed.GetValue(config)).Settings;
            var findings = Doctor.Look(settings.Sandbox, settings.Lifetime);
            io.Output.Write(parsed.GetValue(json) ? Doctor.ToJson(findings, SandboxSupport.RootNotice) + "\n" : Doctor.ToText(findings, SandboxSupport.RootNotice));
            return Doctor.CanSandbox(findings) ? ProgramCommand.Success : ProgramCommand.Failed;
        });
        return command;
    }
}
