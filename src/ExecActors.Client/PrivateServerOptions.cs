namespace ExecActors.Client;

/// <summary>How a server is started that serves one client, over its standard input and output, and ends with it.</summary>
public sealed record PrivateServerOptions
{
    /// <summary>The program and its arguments, for example <c>execactors serve --listen stdio</c>; a program without a slash is looked up in PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The server's working directory, an absolute path; null for the current one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The server's whole environment; null for a copy of this process's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Where the server's standard error goes; null for that of this process. Not disposed.</summary>
    public Stream? ErrorOutput { get; init; }
}
