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

        new("write-id-other-bytes", "process/pipe-stdin-write-dedupe", transcript => transcript.Fails(5, ErrorCode.InvalidParams)),

        new("write-after-end", "process/write-statuses", transcript => transcript
            .Succeeds(9, new JObject { ["status"] = "stdinClosed" })
            .Succeeds(11, new JObject { ["status"] = "stdinClosed" })),

        new("legacy-landlock", "sandbox/overrides-and-legacy", transcript => transcript.Succeeds(5, [])),

        new("protected-names", "sandbox/protected-directories-not-yet-there", transcript =>
        {
            foreach (var id in new[] { 2, 6, 10 })
            {
                transcript.Fails(id, ErrorCode.InternalError, "Read-only file system (os error 30)");
            }
        }),

        new("positional-params", "sandbox/context-shape-errors", transcript => transcript.Fails(6, ErrorCode.InvalidParams)),
        new("plain-paths", "sandbox/context-shape-errors", transcript => transcript.Succeeds(13, Data("A")).Succeeds(18, Data("A"))),

        new("managed-network", "sandbox/process-managed-network", transcript => transcript
            .Fails(2, ErrorCode.InvalidParams).RefusedRead(3, "m1").RefusedRead(4, "m1").WithoutNotificationsOf("m1")
            .Fails(5, ErrorCode.InvalidParams).RefusedRead(6, "m2").WithoutNotificationsOf("m2")),
        new("missing-program", "sandbox/process-managed-network", transcript => transcript
            .Prints("m6", "Failed to execvp nonexistent-cmd: No such file or directory (os error 2)\n")),
        new("managed-network", "sandbox/network-proxy-policy", transcript =>
        {
            transcript.WithoutNotifications("network/policyRequest").WithoutNotifications("network/policyDecision").WithoutClientAnswers().Fails(14, ErrorCode.InvalidParams);
            for (var i = 0; i < 3; i++)
            {
                transcript.Fails(2 + 4 * i, ErrorCode.InvalidParams).WithoutNotificationsOf($"q{i}");
                for (var read = 3; read <= 5; read++)
                {
                    transcript.RefusedRead(read + 4 * i, $"q{i}");
                }
            }
        }),

        new("plain-paths", "fs/path-forms", transcript => transcript.Succeeds(10, Data("hello\n"))),
        new("dangling-links", "fs/read-directory", transcript => transcript.Edit(2, result =>
            ((JArray)result["entries"]!).Add(new JObject { ["fileName"] = "broken", ["isDirectory"] = false, ["isFile"] = false }))),
        new("copy-onto-itself", "fs/copy", transcript => transcript.Succeeds(18, Data("keep"))),
        new("eof-on-last-byte", "fs/read-handle", transcript => transcript.Edit(5, result => result["eof"] = true).Edit(6, result => result["eof"] = true)),
        new("fs-additions", "fs/before-handshake", transcript => transcript.Fails(5, ErrorCode.InvalidParams, "missing field `sourcePath`")),
        new("managed-network", "sandbox/transparent-tcp", transcript => transcript
            .WithoutNotifications("network/policyRequest").WithoutNotifications("network/policyDecision").WithoutClientAnswers()
            .Fails(2, ErrorCode.InvalidParams).WithoutNotificationsOf("q0").Fails(3, ErrorCode.InvalidParams).WithoutNotificationsOf("q1")
            .Fails(4, ErrorCode.InvalidParams).Fails(5, ErrorCode.InvalidParams).Fails(6, ErrorCode.InvalidParams)),
        new("decoded-bodies", "http/buffered-basic", transcript => transcript.Edit(7, result =>
        {
            result["headers"]![0]!.Remove();
            result["bodyBase64"] = Convert.ToBase64String("unzipped"u8);
        })),
        new("gzip-members", "http/content-decoding", transcript => transcript.Edit(8, result =>
            result["bodyBase64"] = Convert.ToBase64String(CompressedUpstream.Members))),
        new("non-ascii-headers", "http/headers", transcript => transcript.Edit(2, result =>
            result["headers"]![4]!.AddAfterSelf(new JObject { ["name"] = "x-latin", ["value"] = "caf\u00E9" }))),
    ];

    private static JObject Data(string content) => new() { ["dataBase64"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(content)) };

    private static JObject Started(string processId) => new() { ["processId"] = processId, ["sandboxType"] = "none" };

    private static JObject Output(string processId, int seq, string chunk) =>
        Notification("process/output", new JObject { ["processId"] = processId, ["seq"] = seq, ["stream"] = "stdout", ["chunk"] = chunk });

    private static JObject Exited(string processId, int seq, int exitCode) =>
        Notification("process/exited", new JObject { ["processId"] = processId, ["seq"] = seq, ["exitCode"] = exitCode, ["sandboxDenied"] = false });

    private static JObject ClosedAt(string processId, int seq) => Notification("process/closed", new JObject { ["processId"] = processId, ["seq"] = seq });

    private static JObject Notification(string method, JObject parameters) => new() { ["method"] = method, ["params"] = parameters };
}
