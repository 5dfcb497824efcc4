using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <content>Processes in a few words.</content>
public sealed partial class WireClient
{
    /// <summary>Params of <c>process/start</c> with every member that clients send.</summary>
    public static JObject StartParams(string processId, params string[] argv) => new()
    {
        ["processId"] = processId,
        ["argv"] = new JArray(argv),
        ["cwd"] = "file:///tmp",
        ["env"] = new JObject { ["PATH"] = "/usr/bin:/bin" },
        ["tty"] = false,
        ["pipeStdin"] = false,
        ["arg0"] = null,
    };

    /// <summary>Params that run a shell script.</summary>
    public static JObject ScriptParams(string processId, string script) => StartParams(processId, "/bin/sh", "-c", script);

    /// <summary>Starts a process; the answer has to be a success.</summary>
    public async Task StartAsync(JObject parameters)
    {
        var result = await ResultAsync("process/start", parameters);
        Assert.Equal(new JObject { ["processId"] = parameters["processId"], ["sandboxType"] = "none" }, result, JToken.EqualityComparer);
    }

    /// <summary>Runs a shell script to its end.</summary>
    public async Task<ProcessRun> RunAsync(string processId, string script)
    {
        await StartAsync(ScriptParams(processId, script));
        return await FinishAsync(processId);
    }

    /// <summary>Writes to a process and returns the status.</summary>
    public async Task<string> WriteAsync(string processId, string text, string writeId) =>
        (string)(await ResultAsync("process/write", WriteParams(processId, Encoding.UTF8.GetBytes(text), writeId)))["status"]!;

    /// <summary>Params of <c>process/write</c>.</summary>
    public static JObject WriteParams(string processId, byte[] bytes, string writeId) =>
        new() { ["processId"] = processId, ["chunk"] = Convert.ToBase64String(bytes), ["writeId"] = writeId };

    /// <summary>Reads what is kept of a process's output.</summary>
    public Task<JObject> ReadAsync(string processId, long afterSeq = 0, long? maxBytes = null, long waitMs = 0) =>
        ResultAsync("process/read", ReadParams(processId, afterSeq, maxBytes, waitMs));

    /// <summary>Params of <c>process/read</c>.</summary>
    public static JObject ReadParams(string processId, long afterSeq = 0, long? maxBytes = null, long waitMs = 0) =>
        new() { ["processId"] = processId, ["afterSeq"] = afterSeq, ["maxBytes"] = maxBytes, ["waitMs"] = waitMs };

    /// <summary>Terminates a process and returns <c>running</c>.</summary>
    public async Task<bool> TerminateAsync(string processId) =>
        (bool)(await ResultAsync("process/terminate", new JObject { ["processId"] = processId }))["running"]!;

    /// <summary>Waits for output until the whole of one stream ends with this text.</summary>
    /// <returns>The whole of the stream so far; what it took is not delivered again.</returns>
    public async Task<string> OutputUntilAsync(string processId, string ending, string stream = "stdout")
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(ending, StringComparison.Ordinal))
        {
            var output = await NotificationAsync("process/output", processId);
            Assert.Equal(stream, (string?)output["stream"]);
            text.Append(Encoding.UTF8.GetString(Convert.FromBase64String((string)output["chunk"]!)));
        }

        return text.ToString();
    }

    /// <summary>Takes the notifications of a process up to <c>process/closed</c> and checks their numbering.</summary>
    /// <param name="processId">Which.</param>
    /// <param name="firstSeq">The number that the first notification has to carry.</param>
    public async Task<ProcessRun> FinishAsync(string processId, long firstSeq = 1)
    {
        var run = new ProcessRun(firstSeq);
        while (!run.IsClosed)
        {
            run.Add(await NextAsync(
                message => message["method"] is not null && (string?)message["params"]!["processId"] == processId,
                () => $"the end of process '{processId}'"));
        }

        return run;
    }
}
