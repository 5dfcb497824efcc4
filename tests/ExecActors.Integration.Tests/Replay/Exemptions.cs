namespace ExecActors.Integration.Tests.Replay;

/// <summary>What this server does differently in one recording.</summary>
/// <param name="Difference">The entry's name in the table of docs/PROTOCOL.md.</param>
/// <param name="Transcript">The recording.</param>
/// <param name="Rewrite">Turns the recording into what this server has to do instead.</param>
public sealed record Exemption(string Difference, string Transcript, Action<Transcript> Rewrite)
{
    /// <summary>All of them. What is not here has to be as recorded.</summary>
    public static IReadOnlyList<Exemption> All { get; } =
    [
        new("plain-path-cwd", "process/cwd-uri-forms", transcript => transcript
            .Succeeds(8, Started("p7"))
            .Then(8, Output("p7", 1, "L3RtcAo="), Exited("p7", 2, 0), ClosedAt("p7", 3))),

        new("terminal-exit-codes", "process/exit-codes-by-signal-pty", transcript => transcript.ExitsWith("kTERM", 143).ExitsWith("kKILL", 137)),
        new("terminal-exit-codes", "process/pty-interrupt", transcript => transcript.ExitsWith("u", 130)),
        new("terminal-exit-codes", "process/terminate-pty", transcript => transcript.ExitsWith("p", 137)),

        new("concurrent-requests", "process/read-blocks-connection-by-default", transcript => transcript.Succeeds(3, new JObject
        {
            ["chunks"] = new JArray(),
            ["nextSeq"] = Expected.Any,
            ["exited"] = true,
            ["exitCode"] = 137,
            ["closed"] = Expected.Any, // the read ends with the exit; whether the close is numbered by then is open
            ["failure"] = null,
            ["sandboxDenied"] = false,
        })),

        new("order-per-process", "process/concurrent-start-cancelled-by-terminate", transcript => transcript
            .Succeeds("s", Started("cat"))
            .Succeeds("w", new JObject { ["status"] = "accepted" })
            .Then("t", Exited("cat", 1, 137), ClosedAt("cat", 2))
            .MayWriteMore("cat")),

        new("unknown-notifications", "process/unknown-notification-closes", transcript => transcript.Survives()),

        new("methods-not-served", "process/methods-before-initialize", transcript => transcript
            .Fails(10, ErrorCode.MethodNotFound, NotServed("http/request"))
            .Fails(11, ErrorCode.MethodNotFound, NotServed("fs/readFile"))),
        new("methods-not-served", "process/http-request", transcript =>
        {
            for (var id = 2; id <= 10; id++)
            {
                transcript.Fails(id, ErrorCode.MethodNotFound, NotServed("http/request"));
            }

            transcript.WithoutNotifications("http/request/bodyDelta");
        }),

        new("write-id-other-bytes", "process/pipe-stdin-write-dedupe", transcript => transcript.Fails(5, ErrorCode.InvalidParams)),

        new("write-after-end", "process/write-statuses", transcript => transcript
            .Succeeds(9, new JObject { ["status"] = "stdinClosed" })
            .Succeeds(11, new JObject { ["status"] = "stdinClosed" })),

        new("sandbox-refused", "process/sandbox-start", transcript => transcript
            .Fails(3, ErrorCode.InvalidParams)
            .Fails(4, ErrorCode.InvalidParams)
            .Fails(5, ErrorCode.InvalidRequest, "unknown process id s2")
            .WithoutNotificationsOf("s1")
            .WithoutNotificationsOf("s2")),
    ];

    private static string NotServed(string method) => $"exec-server stub does not implement `{method}` yet";

    private static JObject Started(string processId) => new() { ["processId"] = processId, ["sandboxType"] = "none" };

    private static JObject Output(string processId, int seq, string chunk) =>
        Notification("process/output", new JObject { ["processId"] = processId, ["seq"] = seq, ["stream"] = "stdout", ["chunk"] = chunk });

    private static JObject Exited(string processId, int seq, int exitCode) =>
        Notification("process/exited", new JObject { ["processId"] = processId, ["seq"] = seq, ["exitCode"] = exitCode, ["sandboxDenied"] = false });

    private static JObject ClosedAt(string processId, int seq) => Notification("process/closed", new JObject { ["processId"] = processId, ["seq"] = seq });

    private static JObject Notification(string method, JObject parameters) => new() { ["method"] = method, ["params"] = parameters };
}
