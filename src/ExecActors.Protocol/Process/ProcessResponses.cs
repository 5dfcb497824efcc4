using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Result of <c>process/start</c>.</summary>
/// <param name="ProcessId">The id of the request.</param>
/// <param name="SandboxType">What confines the process: <c>none</c>, <c>linuxSeccomp</c>, …; null from older servers.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessStartResponse(
    [property: JsonProperty(Required = Required.Always)] string ProcessId,
    [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] string? SandboxType);

/// <summary>One piece of output.</summary>
/// <param name="Seq">Its place in the process's numbering, from 1.</param>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c> or <c>pty</c>.</param>
/// <param name="Chunk">The bytes; base64 on the wire.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessOutputChunk(
    ulong Seq,
    [property: JsonProperty(Required = Required.Always)] string Stream,
    [property: JsonProperty(Required = Required.Always)] byte[] Chunk);

/// <summary>Result of <c>process/read</c>.</summary>
/// <param name="Chunks">The chunks, in order.</param>
/// <param name="NextSeq">Where the next read begins: one more than the last number covered.</param>
/// <param name="Exited">Whether the child has ended, now.</param>
/// <param name="ExitCode">Its exit code; null before the exit.</param>
/// <param name="Closed">Whether nothing more will come, now.</param>
/// <param name="Failure">Why the server lost the process; null normally.</param>
/// <param name="SandboxDenied">Whether the sandbox seems to have caused a failure.</param>
/// <param name="FirstSeq">The first number that is still kept; null where the server does not say.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessReadResponse(
    [property: JsonProperty(Required = Required.Always)] IReadOnlyList<ProcessOutputChunk> Chunks,
    ulong NextSeq,
    bool Exited,
    int? ExitCode,
    bool Closed,
    string? Failure,
    bool SandboxDenied,
    [property: JsonProperty(NullValueHandling = NullValueHandling.Ignore)] ulong? FirstSeq = null);

/// <summary>Result of <c>process/write</c>.</summary>
/// <param name="Status"><c>accepted</c>, <c>unknownProcess</c>, <c>stdinClosed</c> or <c>starting</c>; see <see cref="WriteStatus"/>.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessWriteResponse([property: JsonProperty(Required = Required.Always)] string Status);

/// <summary>The words of <see cref="ProcessWriteResponse"/>.</summary>
public static class WriteStatus
{
    /// <summary>The bytes are queued for the process, or this write id was seen before.</summary>
    public const string Accepted = "accepted";

    /// <summary>No such process.</summary>
    public const string UnknownProcess = "unknownProcess";

    /// <summary>The process has no standard input, or it can no longer receive anything.</summary>
    public const string StdinClosed = "stdinClosed";

    /// <summary>The process is not started yet.</summary>
    public const string Starting = "starting";
}

/// <summary>Result of <c>process/terminate</c>.</summary>
/// <param name="Running">Whether there was something to end.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessTerminateResponse([property: JsonProperty(Required = Required.Always)] bool Running);
