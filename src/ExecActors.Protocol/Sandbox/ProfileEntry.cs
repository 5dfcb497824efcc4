using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>One grant or denial of a restricted profile.</summary>
/// <param name="Path">Where.</param>
/// <param name="Access">What.</param>
/// <param name="SkipIfMissing">Whether the entry is void when its path does not exist; <c>"missing_path_behavior":"skip"</c> on the wire.</param>
[JsonObject(NamingStrategyType = typeof(SnakeCaseNamingStrategy))]
public sealed record ProfileEntry(ProfilePath Path, ProfileAccess Access, [property: JsonIgnore] bool SkipIfMissing = false)
{
    /// <summary><see cref="SkipIfMissing"/> as the wire has it: <c>skip</c>, or null, which is not written.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? MissingPathBehavior => SkipIfMissing ? "skip" : null;
}
