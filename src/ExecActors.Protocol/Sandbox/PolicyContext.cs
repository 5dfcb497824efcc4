using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Places for a profile's relative entries that differ from those of the context around it.</summary>
/// <param name="Cwd">The working directory, bytes of an absolute path; null for that of the context.</param>
/// <param name="WorkspaceRoots">What <see cref="SpecialPath.ProjectRoots"/> means, in place of the context's roots, even when empty.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record PolicyContext(
    [property: JsonConverter(typeof(PathUriConverter))] byte[]? Cwd,
    [property: JsonProperty(ItemConverterType = typeof(PathUriConverter))] IReadOnlyList<byte[]> WorkspaceRoots);
