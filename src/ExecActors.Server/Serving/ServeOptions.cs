using ExecActors.Hosting.Authentication;

namespace ExecActors.Server.Serving;

/// <summary>What <c>execactors serve</c> was told, not yet checked beyond its form.</summary>
internal sealed record ServeOptions
{
    /// <summary>Loopback, on a port that is free.</summary>
    public const string DefaultListen = "ws://127.0.0.1:0";

    /// <summary>Where to listen; see <see cref="ListenAddress"/>.</summary>
    public string Listen { get; init; } = DefaultListen;

    /// <summary>Who may come in.</summary>
    public WebSocketAuthenticationSettings Authentication { get; init; } = new();

    /// <summary>An address beyond loopback is wanted although nobody has to authenticate.</summary>
    public bool InsecureListen { get; init; }

    /// <summary>Host names that are ours besides IP literals and localhost.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Requests of one connection that may run at once, at least 1; null for no cap.</summary>
    public int? ConcurrentRequests { get; init; }

    /// <summary>End when standard input does. Without meaning for stdio, which ends then anyway.</summary>
    public bool ExitOnStdinClose { get; init; }

    /// <summary>HOCON over the built-in settings; null for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Least severe line in the log.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
