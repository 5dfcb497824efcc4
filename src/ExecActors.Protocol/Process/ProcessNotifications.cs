using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>process/output</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Seq">The chunk's place in the process's numbering, from 1.</param>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c> or <c>pty</c>.</param>
/// <param name="Chunk">The bytes; base64 on the wire.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessOutputNotification(
    [property: JsonProperty(Required = Required.Always)] string ProcessId,
    [property: JsonProperty(Required = Required.Always)] ulong Seq,
    [property: JsonProperty(Required = Required.Always)] string Stream,
    [property: JsonProperty(Required = Required.Always)] byte[] Chunk);

/// <summary>Params of <c>process/exited</c>: the child ended; output may still follow from processes that hold its pipes.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Seq">The exit's place in the process's numbering.</param>
/// <param name="ExitCode">0 to 255, 128+n after signal n, -1 when unknown.</param>
/// <param name="SandboxDenied">Whether the sandbox seems to have caused a failure.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessExitedNotification(
    [property: JsonProperty(Required = Required.Always)] string ProcessId,
    [property: JsonProperty(Required = Required.Always)] ulong Seq,
    [property: JsonProperty(Required = Required.Always)] int ExitCode,
    bool SandboxDenied);

/// <summary>Params of <c>process/closed</c>, the last event of a process.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Seq">The close's place in the process's numbering; null from older servers.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessClosedNotification(
    [property: JsonProperty(Required = Required.Always)] string ProcessId,
    [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] ulong? Seq);
