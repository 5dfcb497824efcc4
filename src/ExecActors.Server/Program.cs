using ExecActors.Platform;
using ExecActors.Runtime.FileSystem;
using ExecActors.Server.Commands;

namespace ExecActors.Server;

/// <summary>Where the program begins.</summary>
internal static class Program
{
    /// <summary>A file helper is looked for before anything else is loaded: a request waits for it.</summary>
    public static Task<int> Main(string[] args)
    {
        AddressSpace.Save();
        if (FsHelper.TryRun(args, out var code))
        {
            return Task.FromResult(code);
        }

        DiagnosticPort.Withdraw();
        return ProgramCommand.RunAsync(args, ProgramIo.OfThisProcess());
    }
}
