using System.CommandLine;
using System.CommandLine.Parsing;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Http;
using ExecActors.Server.Serving;

namespace ExecActors.Server.Commands;

/// <summary><c>execactors serve</c>: its options, and how they become <see cref="ServeOptions"/>.</summary>
internal sealed class ServeCommand
{
    private const string Description =
        "Serves clients until it is told to end (SIGTERM, SIGINT or SIGHUP; end of input with stdio), then ends every process it started.";

    private const string Examples = """
          On a free port of 127.0.0.1, which the first line of output names:
            execactors serve
          For the program that starts it:
            execactors serve --listen stdio
          For other machines, behind a token (put a proxy that speaks TLS in front):
            execactors serve --listen ws://0.0.0.0:4433 --ws-auth capability-token --ws-token-file /etc/execactors/token
        """;

    private const string ExitOnStdinCloseVariable = "CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE";
    private static readonly string[] LogLevels = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    private const string CapabilityToken = "capability-token";
    private const string SignedBearerToken = "signed-bearer-token";

    private readonly Option<string> _listen = new("--listen")
    {
        Description = "Where clients connect: ws://IP:PORT (port 0 picks a free one; IPv6 in brackets), or stdio for one client on standard "
            + "input and output. The address with its real port is the one line on standard output.",
        HelpName = "URL",
        DefaultValueFactory = _ => ServeOptions.DefaultListen,
    };

    private readonly Option<string?> _authentication = new("--ws-auth")
    {
        Description = "How WebSocket clients authenticate, with an Authorization: Bearer header. Without it everybody who reaches the port "
            + "may run processes, so an address beyond loopback is refused then.",
        HelpName = $"{CapabilityToken}|{SignedBearerToken}",
    };

    private readonly Option<string?> _tokenFile = PathOption.Create("--ws-token-file", "capability-token: file with the token; read once, trimmed.");

    private readonly Option<string?> _tokenSha256 = new("--ws-token-sha256")
    {
        Description = "capability-token: SHA-256 of the token instead of the token itself, 64 hex digits.",
        HelpName = "HEX",
    };

    private readonly Option<string?> _sharedSecretFile = PathOption.Create(
        "--ws-shared-secret-file", "signed-bearer-token: file with the HS256 secret, at least 32 bytes; read once, trimmed.");

    private readonly Option<string?> _issuer = new("--ws-issuer")
    {
        Description = "signed-bearer-token: what the iss claim has to be.",
        HelpName = "ISSUER",
    };

    private readonly Option<string?> _audience = new("--ws-audience")
    {
        Description = "signed-bearer-token: what the aud claim has to be or contain.",
        HelpName = "AUDIENCE",
    };

    private readonly Option<long?> _clockSkew = NumberOption.Create(
        "--ws-max-clock-skew-seconds", "SECONDS", "signed-bearer-token: allowance on the exp and nbf claims, in seconds. [default: 30]", 0);

    private readonly Option<long?> _concurrentRequests = NumberOption.Create(
        "--concurrent-requests", "N", "How many requests of one connection may run at once, at least 1. [default: no cap]", 1, int.MaxValue);

    private readonly Option<bool> _exitOnStdinClose;

    private readonly Option<bool> _insecureListen = new("--insecure-listen")
    {
        Description = "Listen beyond loopback without authentication, because something else protects the port.",
    };

    private readonly Option<string[]> _allowedHosts = new("--allowed-host")
    {
        Description = "A host name under which clients may address the server, besides IP addresses and localhost. May be repeated.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _config = PathOption.Create("--config", "HOCON file that is laid over the built-in settings.");

    private readonly Option<string> _logLevel = new("--log-level")
    {
        Description = "Least severe log line that is written to standard error. Connections are told of at debug.",
        HelpName = string.Join('|', LogLevels),
        DefaultValueFactory = _ => LogLevels[(int)LogLevel.Information],
    };

    private ServeCommand(ProgramIo io)
    {
        _exitOnStdinClose = new Option<bool>("--exit-on-stdin-close")
        {
            Description = "End when standard input does, so that the server cannot outlive the program that started it. "
                + $"[env: {ExitOnStdinCloseVariable}=true|false]",
            DefaultValueFactory = result => ReadFlag(io, result),
        };
        _authentication.AcceptOnlyFromAmong(CapabilityToken, SignedBearerToken);
        _logLevel.AcceptOnlyFromAmong(LogLevels);
        _allowedHosts.Validators.Add(RequireHostNames);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(ProgramIo io)
    {
        var options = new ServeCommand(io);
        var command = new DocumentedCommand("serve", Description, Examples)
        {
            options._listen, options._authentication, options._tokenFile, options._tokenSha256, options._sharedSecretFile, options._issuer,
            options._audience, options._clockSkew, options._insecureListen, options._allowedHosts, options._concurrentRequests,
            options._exitOnStdinClose, options._config, options._logLevel,
        };
        command.SetAction((parsed, _) => ServerProgram.RunAsync(options.Read(parsed), io));
        return command;
    }

    private ServeOptions Read(ParseResult parsed) => new()
    {
        Listen = parsed.GetValue(_listen)!,
        Authentication = new WebSocketAuthenticationSettings
        {
            Mode = parsed.GetValue(_authentication) switch
            {
                CapabilityToken => WebSocketAuthenticationMode.CapabilityToken,
                SignedBearerToken => WebSocketAuthenticationMode.SignedBearerToken,
                _ => null,
            },
            TokenFile = parsed.GetValue(_tokenFile),
            TokenSha256 = parsed.GetValue(_tokenSha256),
            SharedSecretFile = parsed.GetValue(_sharedSecretFile),
            Issuer = parsed.GetValue(_issuer),
            Audience = parsed.GetValue(_audience),
            MaxClockSkewSeconds = parsed.GetValue(_clockSkew),
        },
        InsecureListen = parsed.GetValue(_insecureListen),
        AllowedHosts = parsed.GetValue(_allowedHosts) ?? [],
        ConcurrentRequests = (int?)parsed.GetValue(_concurrentRequests),
        ExitOnStdinClose = parsed.GetValue(_exitOnStdinClose),
        ConfigFile = parsed.GetValue(_config),
        LogLevel = (LogLevel)Array.IndexOf(LogLevels, parsed.GetValue(_logLevel)),
    };

    private static bool ReadFlag(ProgramIo io, ArgumentResult result)
    {
        switch (io.EnvironmentVariable(ExitOnStdinCloseVariable))
        {
            case null or "" or "false":
                return false;
            case "true":
                return true;
            case var other:
                result.AddError($"{ExitOnStdinCloseVariable} must be true or false, not '{other}'.");
                return false;
        }
    }

    private static void RequireHostNames(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => !HostRule.IsHostName(token.Value)))
        {
            result.AddError($"--allowed-host takes a host name without scheme, port or path, not '{token.Value}'.");
        }
    }
}
