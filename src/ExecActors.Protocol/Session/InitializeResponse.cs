using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Result of <c>initialize</c>.</summary>
/// <param name="SessionId">The session's id, a lower-case UUID; the same on resume.</param>
/// <param name="EnvironmentInfo">What the host offers; null from servers that are older than this member.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record InitializeResponse(
    [property: JsonProperty(Required = Required.Always)] string SessionId,
    [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] EnvironmentInfo? EnvironmentInfo);
