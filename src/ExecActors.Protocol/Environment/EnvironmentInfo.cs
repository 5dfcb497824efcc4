using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Result of <c>environment/info</c>, and part of the result of <c>initialize</c>. Only <see cref="Shell"/> is sent by every server.</summary>
/// <param name="Shell">The user's shell.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record EnvironmentInfo([property: JsonProperty(Required = Required.Always)] ShellInfo Shell)
{
    /// <summary>The server's version.</summary>
    public string? ExecutorVersion { get; init; }

    /// <summary>Names the host; opaque, stable between runs.</summary>
    public string? ProviderId { get; init; }

    /// <summary>The server's working directory, a file URI without a trailing slash.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user's home directory, a file URI.</summary>
    public string? UserHomeDir { get; init; }

    /// <summary>The operating system, for example <c>linux</c>.</summary>
    public string? PlatformOs { get; init; }

    /// <summary>Directories that the server put in front of its own <c>PATH</c>, file URIs.</summary>
    public IReadOnlyList<string>? PrependPathDirs { get; init; }

    /// <summary>Where temporary files may go, file URIs.</summary>
    public IReadOnlyList<string>? TemporaryDirectories { get; init; }

    /// <summary>The preferred temporary directory, a file URI.</summary>
    public string? TempDir { get; init; }

    /// <summary>What the server can do, by name; absent means false.</summary>
    public Dictionary<string, bool>? Capabilities { get; init; }

    /// <summary>Whether the server announces a capability.</summary>
    public bool Can(string capability) => Capabilities is not null && Capabilities.GetValueOrDefault(capability);
}

/// <summary>A shell of the host.</summary>
/// <param name="Name">Its kind: <c>bash</c>, <c>zsh</c>, <c>sh</c>, <c>powershell</c> or <c>cmd</c>.</param>
/// <param name="Path">Its native path, or a bare name.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ShellInfo(
    [property: JsonProperty(Required = Required.Always)] string Name,
    [property: JsonProperty(Required = Required.Always)] string Path);
