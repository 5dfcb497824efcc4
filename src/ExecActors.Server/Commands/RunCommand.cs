using System.CommandLine;
using System.CommandLine.Parsing;
using ExecActors.Server.Running;

namespace ExecActors.Server.Commands;

/// <summary><c>execactors run</c>: its options, and how they become <see cref="RunOptions"/>.</summary>
internal sealed class RunCommand
{
    private const string TokenVariable = "EXECACTORS_TOKEN";

    private const string Description = """
        Runs a command on a server as if it ran here: standard input, output and error are passed through, its exit code becomes ours.

          Environment: with a private server the command gets ours. With --url it gets the server's, without the names that contain KEY,
          SECRET or TOKEN. --env comes on top of either.

          Signals: the first ctrl-C interrupts the command, the second kills it. SIGTERM and SIGHUP kill it. Once it was told to die, one
          more signal ends this program at once.

          Exit codes: the command's own; 128+n when signal n ended it, or us; 127 when it was not found; 126 when it could not be started;
          141 when nobody reads its output any more; 1 when the connection fails; 2 for a wrong command line. The end is that of the
          command's output: what it leaves behind in the background with its output open is waited for.
        """;

    private const string Examples = """
          execactors run -- uname -a
          execactors run --url ws://127.0.0.1:4433 --cwd /srv --env LANG=C -- make -j4
          tar c . | execactors run --url ws://127.0.0.1:4433 --cwd /srv -- tar x
        """;

    private readonly Option<string?> _url = new("--url")
    {
        Description = "The server to run on, ws://HOST:PORT or wss://HOST:PORT. Without it a private server is started, which ends with the command.",
        HelpName = "URL",
    };

    private readonly Option<string?> _directory = new("--cwd")
    {
        Description = "Working directory of the command. [default: the current directory; with --url the server's own, and DIR has to be absolute]",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _environment = new("--env")
    {
        Description = "A variable for the command, added or replaced. May be repeated.",
        HelpName = "K=V",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"With --url: file with the bearer token that the server wants, trimmed. [default: the value of {TokenVariable}]",
        HelpName = "PATH",
    };

    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The program and its arguments, after -- so that their options stay theirs.",
        Arity = ArgumentArity.OneOrMore,
    };

    private RunCommand()
    {
        _url.Validators.Add(RequireUrl);
        _environment.Validators.Add(RequireAssignments);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(ProgramIo io)
    {
        var options = new RunCommand();
        var command = new DocumentedCommand("run", Description, Examples)
        {
            options._url, options._directory, options._environment, options._tokenFile, options._command,
        };
        command.Validators.Add(options.RequireTogether);
        command.SetAction((parsed, _) => RunProgram.RunAsync(options.Read(parsed, io), io.Error));
        return command;
    }

    private RunOptions Read(ParseResult parsed, ProgramIo io) => new()
    {
        Url = parsed.GetValue(_url) is { } url ? new Uri(url) : null,
        Directory = parsed.GetValue(_directory),
        Environment = (parsed.GetValue(_environment) ?? [])
            .Select(assignment => assignment.Split('=', 2))
            .GroupBy(pair => pair[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last()[1], StringComparer.Ordinal),
        TokenFile = parsed.GetValue(_tokenFile),
        Token = io.EnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : null,
        Command = parsed.GetValue(_command)!,
    };

    private void RequireTogether(CommandResult result)
    {
        var isRemote = result.GetResult(_url) is not null;
        if (!isRemote && result.GetResult(_tokenFile) is not null)
        {
            result.AddError("--token-file goes with --url: a private server wants no token.");
        }

        if (isRemote && result.GetResult(_directory)?.Tokens is [{ Value: var directory }]
            && !directory.StartsWith('/') && !directory.StartsWith("file:", StringComparison.Ordinal))
        {
            result.AddError($"--cwd names a directory of the server: with --url it has to be absolute, not '{directory}'.");
        }
    }

    private static void RequireUrl(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "ws" or "wss"))
        {
            result.AddError($"--url takes ws://HOST:PORT or wss://HOST:PORT, not '{text}'.");
        }
    }

    private static void RequireAssignments(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            result.AddError($"--env takes NAME=VALUE, not '{token.Value}'.");
        }
    }
}
