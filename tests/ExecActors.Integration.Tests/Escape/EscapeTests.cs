namespace ExecActors.Integration.Tests.Escape;

/// <summary>Ways out of the sandbox. Each is shown to work without it, and to fail with it.</summary>
public abstract class EscapeTests(SandboxServer fixture) : SandboxTests(fixture)
{
    private int _processes;

    /// <summary>Runs a script without a sandbox, where it has to get out, and then with one, where it must not.</summary>
    /// <param name="script">Shell words; <c>ROOT</c> stands for the folder that holds the workspace, <c>SERVER</c> for the server's process id.</param>
    /// <param name="escaped">Whether it got out.</param>
    /// <param name="policy">What it runs under the second time.</param>
    /// <param name="network">Its network.</param>
    protected async Task AssertHeldAsync(string script, Func<ProcessRun, bool> escaped, string policy = Workspace, string network = "restricted")
    {
        var here = script.Replace("SERVER", $"{Fixture.Server.Pid}", StringComparison.Ordinal);
        var free = await RunAsync($"free-{++_processes}", here, sandbox: null);
        Assert.True(escaped(free), $"this is no way out even without a sandbox: {script}: {free.Stdout}{free.Stderr}");
        Tree.Clear();
        MakeWorkspace();
        var held = await RunAsync($"held-{_processes}", here, Sandbox(policy, network));
        Assert.False(escaped(held), $"escaped: {script}: {held.Stdout}{held.Stderr}");
        Assert.Equal("S", Tree.Read("out/secret"));
    }

    /// <summary>Sends a file request without a sandbox, where it has to get out, and then with one, where it must not.</summary>
    /// <param name="method">Which.</param>
    /// <param name="parameters">Its params.</param>
    /// <param name="escaped">Whether it got out, by its answer.</param>
    /// <param name="policy">The policy of the second time.</param>
    protected async Task AssertHeldAsync(string method, string parameters, Func<JObject, bool> escaped, string policy = Workspace)
    {
        await Client.RequestAsync("fs/close", new JObject { ["handleId"] = "h" });
        var here = (JObject)Params(parameters.Replace("SERVER", $"{Fixture.Server.Pid}", StringComparison.Ordinal));
        var free = await Client.RequestAsync(method, here);
        Assert.True(escaped(free), $"this is no way out even without a sandbox: {method} {parameters}: {free}");
        await Client.RequestAsync("fs/close", new JObject { ["handleId"] = "h" });
        Tree.Clear();
        MakeWorkspace();
        here["sandbox"] = Sandbox(policy);
        var held = await Client.RequestAsync(method, here);
        Assert.False(escaped(held), $"escaped: {method} {parameters}: {held}");
        Assert.Equal("S", Tree.Read("out/secret"));
    }

    /// <summary>Whether an answer holds the secret.</summary>
    protected static bool ShowsSecret(JObject answer) => answer["result"] is JObject result && result["dataBase64"] is { } data && (string?)data == Base64("S");

    /// <summary>Whether a process printed the secret.</summary>
    protected static bool ShowsSecret(ProcessRun run) => run.Stdout == "S";
}
