using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Unicode;
using ExecActors.Client;
using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Server.Commands;

namespace ExecActors.Server.Running;

/// <summary>Where a command runs: on a server that listens, or on a private one that is started for it.</summary>
internal sealed class RunTarget
{
    private const string ClientName = "execactors run";

    private readonly RunOptions _options;
    private readonly string? _directory;
    private readonly string? _token;

    private RunTarget(RunOptions options, string? directory, string? token)
    {
        _options = options;
        _directory = directory;
        _token = token;
    }

    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command => _options.Command;

    /// <summary>Checks what can be checked here.</summary>
    /// <exception cref="RunFailure">The directory or the token file is not there.</exception>
    public static RunTarget Of(RunOptions options)
    {
        if (options.Url is not null)
        {
            return new RunTarget(options, options.Directory, options.TokenFile is { } file ? ReadToken(file) : RequireText(options.Token));
        }

        // In the place of one that is gone none is taken: what the command does there was meant for another.
        var directory = WorkingDirectory.Find().Resolve(options.Directory ?? ".")
            ?? throw new RunFailure("the working directory is gone", "Name another one with --cwd, by an absolute path.", ProgramCommand.Failed);
        return WorkingDirectory.IsDirectory(directory)
            ? new RunTarget(options, directory, token: null)
            : throw new RunFailure($"the working directory {NativeText.Show(directory)} does not exist", "Name one that does with --cwd.", ProgramCommand.Failed);
    }

    /// <summary>What may help when the connection was lost or never made.</summary>
    public static string LossRemedy(RunOptions options) => options.Url is null
        ? "What the private server has to say is above; 'execactors serve --listen stdio' starts one by hand."
        : "Unless the server ended, it kills the command when nobody resumes the session within its retention.";

    /// <summary>Connects, starting the private server if there is to be one.</summary>
    /// <exception cref="RunFailure">Nobody answers there, or the server refuses.</exception>
    public async Task<ExecClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var settings = new ExecClientOptions { ClientName = ClientName, BearerToken = _token };
        try
        {
            return _options.Url is { } url
                ? await ExecClient.ConnectAsync(url, settings, cancellationToken)
                : await ExecClient.StartPrivateAsync(PrivateServer(), settings, cancellationToken);
        }
        catch (ExecConnectionException e)
        {
            throw new RunFailure(e.Message, ConnectRemedy(e.RefusedWith), ProgramCommand.Failed, e);
        }
        catch (ExecRequestException e)
        {
            throw new RunFailure($"the server refuses a session: {e.Message}", "", ProgramCommand.Failed, e);
        }
    }

    /// <summary>What is to be started.</summary>
    /// <param name="hasInput">Whether there is input to pass on.</param>
    public ProcessStartRequest Request(bool hasInput) => new()
    {
        Command = Command,
        WorkingDirectory = _directory,
        Environment = _options.Environment,

        // Here the command is ours and gets what we have; elsewhere the server's secrets are not ours to hand out.
        EnvironmentPolicy = new EnvPolicy(
            EnvInherit.All, IgnoreDefaultExcludes: _options.Url is null, Exclude: [], Set: ImmutableDictionary<string, string>.Empty, IncludeOnly: []),
        PipeInput = hasInput,
    };

    private string ConnectRemedy(HttpStatusCode? status) => (_options.Url, status) switch
    {
        (null, _) => "What the private server has to say is above; 'execactors serve --listen stdio' starts one by hand.",
        (_, HttpStatusCode.Unauthorized) when _token is null => "It wants a token: name its file with --token-file, or set EXECACTORS_TOKEN.",
        (_, HttpStatusCode.Unauthorized) => "The token is not the one it wants; look at --token-file or EXECACTORS_TOKEN.",
        (_, HttpStatusCode.Forbidden) => "It may not be addressed by that name; 'execactors serve --allowed-host NAME' allows it.",
        (_, null) => "Is a server running there? 'execactors serve --listen ws://IP:PORT' starts one, and prints its address.",
        _ => "What answers there is no exec-server; its address is what 'execactors serve' prints.",
    };

    private static string ReadToken(string path)
    {
        const int MaximumBytes = 1024 * 1024;
        var file = SmallFile.Read(path, MaximumBytes);
        if ((file.WhyNot ?? (Utf8.IsValid(file.Bytes.Span) ? null : "it is not UTF-8")) is { } whyNot)
        {
            throw new RunFailure($"the token file {path} cannot be read: {whyNot}", "Name another with --token-file.", ProgramCommand.Failed);
        }

        return Encoding.UTF8.GetString(file.Bytes.Span).Trim() is { Length: > 0 } token
            ? token
            : throw new RunFailure($"the token file {path} is empty", "Put the token into it.", ProgramCommand.Failed);
    }

    private static string? RequireText(string? token) => token is null || !NativeText.HasForeignBytes(token)
        ? token
        : throw new RunFailure("the value of EXECACTORS_TOKEN is not UTF-8", "Set it to the token, or name a file with --token-file.", ProgramCommand.Failed);

    // The command's directory goes with its start; the server itself needs none, and its own keeps no file system busy in the root.
    private static PrivateServerOptions PrivateServer() => new()
    {
        Command = [.. ThisProgram(), "serve", "--listen", "stdio", "--log-level", "warning"],
        WorkingDirectory = "/",
    };

    /// <summary>How this very program is started.</summary>
    private static string[] ThisProgram()
    {
        var program = ProgramEnvironment.ProgramPath() ?? throw new RunFailure(
            "the path of this program is unknown, so no private server can be started", "Start one by hand and name it with --url.", ProgramCommand.Failed);

        // Started as "dotnet execactors.dll": the first is the runtime, and its first argument the program.
        return string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal)
            ? [program, Path.Combine(AppContext.BaseDirectory, $"{typeof(RunTarget).Assembly.GetName().Name}.dll")]
            : [program];
    }
}
