namespace ExecActors.Server.Running;

/// <summary>What <c>execactors run</c> was told, not yet checked beyond its form.</summary>
internal sealed record RunOptions
{
    /// <summary>The server; null to start a private one.</summary>
    public Uri? Url { get; init; }

    /// <summary>The command's working directory; null for the current one, or with <see cref="Url"/> the server's.</summary>
    public string? Directory { get; init; }

    /// <summary>Variables for the command.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>File with the bearer token, which comes before <see cref="Token"/>; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The bearer token; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }
}
