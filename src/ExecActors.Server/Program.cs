using ExecActors.Server;
using ExecActors.Server.Commands;

return await ProgramCommand.RunAsync(args, ProgramIo.OfThisProcess());
