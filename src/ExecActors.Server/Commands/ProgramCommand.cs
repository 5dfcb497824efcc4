using System.CommandLine;
using ExecActors.Hosting;
using ExecActors.Platform;

namespace ExecActors.Server.Commands;

/// <summary>The command line of <c>execactors</c>, and what its exit codes mean.</summary>
internal static class ProgramCommand
{
    /// <summary>It did what it was asked for.</summary>
    public const int Success = 0;

    /// <summary>It could not do what it was asked for; standard error says why, and on the next line what helps.</summary>
    public const int Failed = 1;

    /// <summary>It was not asked properly.</summary>
    public const int Usage = 2;

    private const string Description = "Runs processes on behalf of clients that connect to it, and keeps them alive when a connection is not.";

    /// <summary>Runs the program to its end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, ProgramIo io)
    {
        if (ProgramArguments.FindForeign(args) is var (index, text))
        {
            await io.Error.WriteLineAsync(
                $"error: argument {index + 1}, '{NativeText.Show(text)}', is not UTF-8: a server is asked in text, so it would have to be changed");
            return Usage;
        }

        var root = new RootCommand(Description) { ServeCommand.Create(io), RunCommand.Create(io), DoctorCommand.Create(io) };
        DocumentedCommand.ShowExamplesIn(root);

        // "@file" is an ordinary argument: a command that is to be run may well have one.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is null or { ClearsParseErrors: false })
        {
            await WriteUsageErrorsAsync(parsed, io.Error);
            return Usage;
        }

        try
        {
            // Signals are the commands' own business: a server has connections to close first.
            var invocation = new InvocationConfiguration
            {
                Output = io.Output,
                Error = io.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation);
        }
        catch (ExecServerSettingsException e)
        {
            return Fail(io.Error, e.Message, e.Remedy);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Fail(io.Error, e.Message, $"This is a fault of the program; please report it with what follows.\n{e}");
        }
    }

    // Not asynchronously, which takes a thread: it may be for want of one that the program fails.
    private static int Fail(TextWriter error, string message, string rest)
    {
        error.WriteLine($"Error: {message}");
        error.WriteLine(rest);
        return Failed;
    }

    private static async Task WriteUsageErrorsAsync(ParseResult parsed, TextWriter error)
    {
        foreach (var problem in parsed.Errors)
        {
            await error.WriteLineAsync($"error: {problem.Message}");
        }

        var command = parsed.CommandResult.Command;
        var path = command is RootCommand ? command.Name : $"{parsed.RootCommandResult.Command.Name} {command.Name}";
        await error.WriteLineAsync($"For usage, try: {path} --help");
    }
}
