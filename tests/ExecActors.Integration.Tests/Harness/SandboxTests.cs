namespace ExecActors.Integration.Tests.Harness;

/// <summary>What tests of the sandbox share: a workspace beside a secret, and policies in few words.</summary>
/// <remarks>
/// The workspace is that of the recordings: <c>ws</c> with files, folders, links out of it (<c>esc</c>, <c>escf</c>), a hard link to the secret
/// (<c>hard</c>) and a <c>.git</c>; beside it <c>out/secret</c>.
/// </remarks>
public abstract class SandboxTests : WireTests
{
    /// <summary>All readable, the workspace writable: what agents work under.</summary>
    protected const string Workspace = ":root=read ROOT/ws=write";

    /// <summary>Only the system's own files and the workspace readable.</summary>
    protected const string Restricted = ":minimal=read ROOT/ws=read";

    /// <summary>What writing to a place that is readable only is answered with.</summary>
    protected const string ReadOnly = "-32603 Read-only file system (os error 30)";

    /// <summary>What a place that is not granted is answered with.</summary>
    protected const string Absent = "-32004 No such file or directory (os error 2)";

    /// <summary>What a place that is denied is answered with.</summary>
    protected const string Denied = "-32600 Permission denied (os error 13)";

    /// <summary>Makes the workspace.</summary>
    protected SandboxTests(ServerFixture fixture)
        : base(fixture) => MakeWorkspace();

    /// <summary>Makes the workspace anew in an empty folder.</summary>
    protected void MakeWorkspace() => Tree
        .File("ws/a.txt", "A").File("ws/d/f", "D").File("ws/d/e/x", "X").File("ws/.git/config", "G").File("ws/sub/.git/config", "g").File("out/secret", "S")
        .Link("ws/esc", "../out").Link("ws/escf", "../out/secret").HardLink("ws/hard", "out/secret").Link("link", "ws");

    /// <summary>A sandbox object.</summary>
    /// <param name="entries">
    /// <c>PATH=ACCESS</c> each: an absolute path, a pattern if it has a <c>*</c>, or <c>:KIND</c> with an optional <c>/SUBPATH</c>.
    /// </param>
    /// <param name="network"><c>restricted</c> or <c>enabled</c>.</param>
    protected JObject Sandbox(string entries, string network = "restricted") => Sandbox(new JObject
    {
        ["type"] = "managed",
        ["file_system"] = new JObject
        {
            ["type"] = "restricted",
            ["entries"] = new JArray(Here(entries).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => Entry(entry.Split('=')))),
        },
        ["network"] = network,
    });

    /// <summary>A sandbox object with these permissions, the workspace being its working directory and only workspace root.</summary>
    protected JObject Sandbox(JObject permissions) => new()
    {
        ["permissions"] = permissions,
        ["cwd"] = Tree.Uri("ws"),
        ["workspaceRoots"] = new JArray(Tree.Uri("ws")),
        ["windowsSandboxLevel"] = "disabled",
    };

    /// <summary>Sends a file request under a policy and compares its outcome.</summary>
    protected Task ExpectUnderAsync(string entries, string method, string parameters, string outcome) =>
        ExpectUnderAsync(Sandbox(entries), method, parameters, outcome, entries);

    /// <summary>Sends a file request with a sandbox and compares its outcome.</summary>
    protected async Task ExpectUnderAsync(JObject sandbox, string method, string parameters, string outcome, string about = "a sandbox of its own")
    {
        var all = (JObject)Params(parameters);
        all["sandbox"] = sandbox;
        Compare(await Client.RequestAsync(method, all), Here(outcome), $"{method} {parameters} under {about}");
    }

    /// <summary>Params that run a shell script in the workspace with a sandbox; null for none.</summary>
    protected JObject Script(string processId, string script, JObject? sandbox)
    {
        var start = WireClient.ScriptParams(processId, Here(script));
        start["cwd"] = Tree.Uri("ws");
        start["sandbox"] = sandbox;
        return start;
    }

    /// <summary>Runs a shell script in the workspace to its end.</summary>
    protected async Task<ProcessRun> RunAsync(string processId, string script, JObject? sandbox)
    {
        await Client.ResultAsync("process/start", Script(processId, script, sandbox));
        return await Client.FinishAsync(processId);
    }

    private static JObject Entry(string[] words)
    {
        var (place, access) = (words[0], words[1]);
        var path = place switch
        {
            [':', .. var special] => new JObject { ["type"] = "special", ["value"] = Special(special.Split('/', 2)) },
            _ when place.Contains('*', StringComparison.Ordinal) => new JObject { ["type"] = "glob_pattern", ["pattern"] = place },
            _ => new JObject { ["type"] = "path", ["path"] = "file://" + place },
        };
        return new JObject { ["path"] = path, ["access"] = access };
    }

    private static JObject Special(string[] words)
    {
        var special = new JObject { ["kind"] = words[0] };
        if (words.Length > 1)
        {
            special["subpath"] = words[1];
        }

        return special;
    }
}

/// <summary>A server whose helpers do not outlive the test class by much.</summary>
public sealed class SandboxServer() : ConfiguredServerFixture("execactors.sandbox.helper-idle = 500ms");

/// <summary>Params changed on the way.</summary>
public static class ParamsExtensions
{
    /// <summary>The same params with a member set.</summary>
    public static JObject With(this JObject parameters, string name, JToken value)
    {
        parameters[name] = value;
        return parameters;
    }
}
