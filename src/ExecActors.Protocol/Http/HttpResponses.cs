using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>One header line as it stands in a message.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Value">Of a response: as it came, each byte beyond ASCII as the character of that number (Latin-1).</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record HttpHeaderLine(
    [property: JsonProperty(Required = Required.Always)] string Name,
    [property: JsonProperty(Required = Required.Always)] string Value);

/// <summary>Result of <c>http/request</c>.</summary>
/// <param name="Status">The status code, whatever it is.</param>
/// <param name="Headers">In the order they came; repeated ones one by one at the place of the first.</param>
/// <param name="Body">The body, not decompressed; base64 on the wire. Empty when it is streamed.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record HttpRequestResponse(
    [property: JsonProperty(Required = Required.Always)] int Status,
    [property: JsonProperty(Required = Required.Always)] IReadOnlyList<HttpHeaderLine> Headers,
    [property: JsonProperty("bodyBase64", Required = Required.Always)] byte[] Body);

/// <summary>Params of <c>http/request/bodyDelta</c>: a piece of a streamed body.</summary>
/// <param name="RequestId">The client's name for the request.</param>
/// <param name="Seq">From 1, without gaps.</param>
/// <param name="Delta">The bytes; base64 on the wire.</param>
/// <param name="Done">Whether it is the last one; false where a server does not say.</param>
/// <param name="Error">Why the body ended early, on the last one; null where it did not.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record HttpBodyDeltaNotification(
    [property: JsonProperty(Required = Required.Always)] string RequestId,
    [property: JsonProperty(Required = Required.Always)] ulong Seq,
    [property: JsonProperty("deltaBase64", Required = Required.Always)] byte[] Delta,
    bool Done = false,
    string? Error = null);
