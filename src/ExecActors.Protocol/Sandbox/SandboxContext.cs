using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>The object <c>sandbox</c> of file methods and of <c>process/start</c>: a profile, and the places its relative entries mean.</summary>
/// <param name="Permissions">What is allowed.</param>
/// <param name="Cwd">The working directory, bytes of an absolute path, or null.</param>
/// <param name="WorkspaceRoots">What <see cref="SpecialPath.ProjectRoots"/> means unless <paramref name="PolicyContext"/> is there.</param>
/// <param name="PolicyContext">Other places for the profile's relative entries, or null.</param>
/// <param name="Override">What the client's user allowed; changes nothing here.</param>
/// <param name="UserHomeDir">The home directory as the client sees it, or null; for information.</param>
/// <param name="TemporaryDirectories">The client's temporary directories, or null; for information, they widen nothing.</param>
/// <param name="UseLegacyLandlock">Whether the client asks for the older mechanism.</param>
/// <remarks>
/// Paths of another platform that play no part in the profile are dropped when decoding. <c>windowsSandboxLevel</c> is required on the wire
/// even on Linux; it is checked, not kept, and always written as <c>disabled</c>.
/// </remarks>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record SandboxContext(
    PermissionProfile Permissions,
    [property: JsonConverter(typeof(PathUriConverter))] byte[]? Cwd,
    [property: JsonProperty(ItemConverterType = typeof(PathUriConverter))] IReadOnlyList<byte[]> WorkspaceRoots,
    PolicyContext? PolicyContext = null,
    [property: JsonProperty("sandboxOverride")] SandboxOverride Override = SandboxOverride.NoOverride,
    [property: JsonConverter(typeof(PathUriConverter))] byte[]? UserHomeDir = null,
    [property: JsonProperty(ItemConverterType = typeof(PathUriConverter))] IReadOnlyList<byte[]>? TemporaryDirectories = null,
    bool UseLegacyLandlock = false)
{
    /// <summary>Always <c>disabled</c>: this client and this server run on Linux.</summary>
    public string WindowsSandboxLevel { get; } = "disabled";

    /// <summary>The working directory of the profile's relative entries: the policy context's, else the context's; null without both.</summary>
    [JsonIgnore]
    public byte[]? PolicyCwd => PolicyContext?.Cwd ?? Cwd;

    /// <summary>What <see cref="SpecialPath.ProjectRoots"/> means: the policy context's roots where there is one, else the context's.</summary>
    [JsonIgnore]
    public IReadOnlyList<byte[]> PolicyWorkspaceRoots => PolicyContext?.WorkspaceRoots ?? WorkspaceRoots;

    /// <summary>Whether the profile has entries that mean nothing without a working directory and there is none.</summary>
    /// <remarks>
    /// File methods are then refused while decoding with <see cref="Errors.SandboxLacksCwd"/>; <c>process/start</c> takes the process's own
    /// working directory.
    /// </remarks>
    [JsonIgnore]
    public bool LacksCwd => PolicyCwd is null && IsDynamic(Permissions);

    /// <summary>Whether a profile has entries that mean something only together with a working directory.</summary>
    internal static bool IsDynamic(PermissionProfile profile) =>
        profile is PermissionProfile.Managed { FileSystem: FileSystemProfile.Restricted restricted } && restricted.Entries.Any(IsDynamic);

    private static bool IsDynamic(ProfileEntry entry) => entry.Path switch
    {
        ProfilePath.Special { Kind: SpecialPath.ProjectRoots or SpecialPath.CurrentWorkingDirectory } => true,
        ProfilePath.Glob { IsRelative: true } => true,
        _ => false,
    };
}
