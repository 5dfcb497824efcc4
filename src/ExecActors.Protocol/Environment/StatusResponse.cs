using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Result of <c>environment/status</c>.</summary>
/// <param name="Status"><c>ready</c>.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record StatusResponse([property: JsonProperty(Required = Required.Always)] string Status);
