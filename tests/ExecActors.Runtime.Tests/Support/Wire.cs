using System.Globalization;
using System.Text;

using ExecActors.Platform;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

using Newtonsoft.Json;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Messages as they stand on the wire, and back.</summary>
internal static class Wire
{
    public const string Peer = "websocket 127.0.0.1:4711";

    /// <summary>The object of environment/info in tests.</summary>
    public const string EnvironmentInfo = """{"shell":{"name":"sh","path":"/bin/sh"}}""";

    public static InboundMessage Decode(string json) => new FrameDecoder(Peer).Decode(ByteLease.CopyOf(Encoding.UTF8.GetBytes(json)));

    public static string Start(int id, string processId, string more = "") =>
        $$$"""{"id":{{{id}}},"method":"process/start","params":{"processId":{{{Text(processId)}}},"argv":["prog"],"cwd":"file:///","env":{},"tty":false{{{more}}}}}""";

    public static string StartWithStdin(int id, string processId) => Start(id, processId, ",\"pipeStdin\":true");

    public static string Read(int id, string processId, string more = "") =>
        $$$"""{"id":{{{id}}},"method":"process/read","params":{"processId":{{{Text(processId)}}}{{{more}}}}}""";

    public static string Write(int id, string processId, string text, string writeId, string more = "") =>
        $$$"""{"id":{{{id}}},"method":"process/write","params":{"processId":{{{Text(processId)}}},"chunk":"{{{Base64(text)}}}","writeId":{{{Text(writeId)}}}{{{more}}}}}""";

    public static string Signal(int id, string processId) =>
        $$$"""{"id":{{{id}}},"method":"process/signal","params":{"processId":{{{Text(processId)}}},"signal":"interrupt"}}""";

    public static string Terminate(int id, string processId) =>
        $$$"""{"id":{{{id}}},"method":"process/terminate","params":{"processId":{{{Text(processId)}}}}}""";

    public static string Status(int id) => $$$"""{"id":{{{id}}},"method":"environment/status"}""";

    public static string Initialize(int id, string? resume = null) =>
        $$$"""{"id":{{{id}}},"method":"initialize","params":{"clientName":"test","resumeSessionId":{{{(resume is null ? "null" : Text(resume))}}}}}""";

    public const string Initialized = """{"method":"initialized","params":{}}""";

    public static string Result(int id, string json) => $$$"""{"id":{{{id}}},"result":{{{json}}}}""";

    public static string Error(int id, int code, string message) =>
        $$$"""{"error":{"code":{{{code}}},"message":{{{Text(message)}}}},"id":{{{id}}}}""";

    /// <summary>A start that failed, with what is said of it to programs.</summary>
    public static string StartError(int id, string message, string kind = "spawnFailed", int? errno = null)
    {
        var number = errno is { } value ? string.Create(CultureInfo.InvariantCulture, $",\"errno\":{value}") : "";
        return $$$"""{"error":{"code":-32603,"data":{"kind":"{{{kind}}}"{{{number}}}},"message":{{{Text(message)}}}},"id":{{{id}}}}""";
    }

    public static string InitializeResult(int id, string sessionId) => Result(id, $$"""{"sessionId":"{{sessionId}}","environmentInfo":{{EnvironmentInfo}}}""");

    public static string StartResult(int id, string processId, string sandboxType = "none") =>
        Result(id, $$"""{"processId":{{Text(processId)}},"sandboxType":"{{sandboxType}}"}""");

    public static string WriteResult(int id, string status) => Result(id, $$"""{"status":"{{status}}"}""");

    public static string TerminateResult(int id, bool running) => Result(id, $$"""{"running":{{(running ? "true" : "false")}}}""");

    public static string Ready(int id) => Result(id, """{"status":"ready"}""");

    public static string Chunk(int seq, string text, string stream = "stdout") => $$"""{"seq":{{seq}},"stream":"{{stream}}","chunk":"{{Base64(text)}}"}""";

    /// <summary>The answer to a read of a process; the defaults are those of one that runs.</summary>
    public static string ReadResult(
        int id, int nextSeq, string chunks = "", int? exitCode = null, bool closed = false, string? failure = null, int? firstSeq = null,
        bool sandboxDenied = false) =>
        Result(
            id,
            $$"""{"chunks":[{{chunks}}],"nextSeq":{{nextSeq}},"exited":{{(exitCode is null ? "false" : "true")}},"exitCode":{{exitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}},"closed":{{(closed ? "true" : "false")}},"failure":{{(failure is null ? "null" : Text(failure))}},"sandboxDenied":{{(sandboxDenied ? "true" : "false")}}{{(firstSeq is null ? "" : $",\"firstSeq\":{firstSeq}")}}}""");

    public static string Output(string processId, int seq, string text, string stream = "stdout") =>
        $$$"""{"method":"process/output","params":{"processId":{{{Text(processId)}}},"seq":{{{seq}}},"stream":"{{{stream}}}","chunk":"{{{Base64(text)}}}"}}""";

    public static string Exited(string processId, int seq, int exitCode, bool sandboxDenied = false) =>
        $$$"""{"method":"process/exited","params":{"processId":{{{Text(processId)}}},"seq":{{{seq}}},"exitCode":{{{exitCode}}},"sandboxDenied":{{{(sandboxDenied ? "true" : "false")}}}}}""";

    public static string Closed(string processId, int seq) =>
        $$$"""{"method":"process/closed","params":{"processId":{{{Text(processId)}}},"seq":{{{seq}}}}}""";

    public static string Text(string text) => JsonConvert.ToString(text);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
