using ExecActors.Runtime.FileSystem;
using ExecActors.Server;
using ExecActors.Server.Commands;

// Before anything else is loaded: a request waits for it.
return FsHelper.TryRun(args, out var code) ? code : await ProgramCommand.RunAsync(args, ProgramIo.OfThisProcess());
