using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>File requests that try to reach what their policy does not grant.</summary>
public sealed class FileEscapeTests(SandboxServer fixture) : EscapeTests(fixture), IClassFixture<SandboxServer>
{
    [SandboxTheory]
    [InlineData("file://ROOT/out/secret")]
    [InlineData("file://ROOT/ws/../out/secret")]
    [InlineData("file://ROOT/ws/%2e%2e/out/secret")]
    [InlineData("file://ROOT/ws/..%2Fout%2Fsecret")]
    [InlineData("file://ROOT/ws%2F..%2Fout/secret")]
    [InlineData("file://ROOT/ws/esc/secret")]
    [InlineData("file://ROOT/ws/escf")]
    [InlineData("file://ROOT/link/esc/secret")]
    [InlineData("file:///proc/self/root/ROOT/out/secret")]
    [InlineData("file:///proc/SERVER/root/ROOT/out/secret")]
    [InlineData("file:///proc/self/task/../root/ROOT/out/secret")]
    [InlineData("file:///proc/thread-self/root/ROOT/out/secret")]
    [InlineData("ROOT/ws/../out/secret")]
    public async Task What_is_not_granted_is_not_read(string path)
    {
        var parameters = $$"""{"path":"{{path}}"}""";
        await AssertHeldAsync("fs/readFile", parameters, ShowsSecret, Restricted);
        await AssertHeldAsync("fs/getMetadata", parameters, answer => (bool?)answer["result"]?["isFile"] == true, Restricted);
        await AssertHeldAsync("fs/canonicalize", parameters, answer => answer["result"] is not null, Restricted);
        await AssertHeldAsync("fs/open", $$"""{"handleId":"h","path":"{{path}}"}""", answer => answer["result"] is not null, Restricted);
        if (!path.EndsWith("escf", StringComparison.Ordinal)) // a link is copied as a link
        {
            await AssertHeldAsync(
                "fs/copy", $$"""{"sourcePath":"{{path}}","destinationPath":"file://ROOT/ws/mine","recursive":true}""", _ => IsCopied("ws/mine"), ":minimal=read ROOT/ws=write");
        }
    }

    [SandboxTheory]
    [InlineData("file://ROOT/out")]
    [InlineData("file://ROOT/ws/esc")]
    [InlineData("file:///proc/self/root/ROOT/out")]
    public async Task What_is_not_granted_is_not_listed(string path)
    {
        await AssertHeldAsync("fs/readDirectory", $$"""{"path":"{{path}}"}""", answer => answer["result"]?["entries"]?.Any() == true, Restricted);
        await AssertHeldAsync(
            "fs/walk", $$$"""{"path":"{{{path}}}","options":{"maxDepth":9,"maxDirectories":99,"maxEntries":99,"followDirectorySymlinks":true}}""",
            answer => answer["result"]?["entries"]?.Any() == true, Restricted);
    }

    [SandboxFact]
    public Task A_walk_that_follows_links_stays_inside() => AssertHeldAsync(
        "fs/walk", """{"path":"file://ROOT/ws","options":{"maxDepth":9,"maxDirectories":99,"maxEntries":99,"followDirectorySymlinks":true}}""",
        answer => answer["result"]!["entries"]!.Any(entry => ((string)entry["path"]!).Contains("secret", StringComparison.Ordinal)), Restricted);

    [SandboxTheory]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/esc/new","dataBase64":"eA=="}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/%2e%2e%2Fout/new","dataBase64":"eA=="}""")]
    [InlineData("fs/writeFile", """{"path":"file:///proc/self/root/ROOT/out/new","dataBase64":"eA=="}""")]
    [InlineData("fs/createDirectory", """{"path":"file://ROOT/ws/esc/new"}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/ws/esc/new","recursive":false}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/out/new","recursive":true}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/out/new"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/ws/esc/new"}""")]
    [InlineData("fs/open", """{"handleId":"h","path":"file://ROOT/out/new","mode":"replace"}""")]
    public Task Nothing_is_made_outside(string method, string parameters) => AssertHeldAsync(method, parameters, _ => Tree.Has("out/new"));

    [SandboxTheory]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/out/secret","dataBase64":"eA=="}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/escf","dataBase64":"eA=="}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/out/secret"}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/ws/esc/secret"}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/out"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/out/secret","destinationPath":"file://ROOT/ws/mine"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/out/secret"}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/ws/escf","recursive":false}""")]
    [InlineData("fs/open", """{"handleId":"h","path":"file://ROOT/ws/escf","mode":"replace"}""")]
    public Task Nothing_outside_is_changed(string method, string parameters) =>
        AssertHeldAsync(method, parameters, _ => !Tree.Has("out/secret") || Tree.Read("out/secret") != "S");

    [SandboxTheory]
    [InlineData("""{"path":"file://ROOT/out/secret","mode":511}""")]
    [InlineData("""{"path":"file://ROOT/ws/escf","mode":511}""")]
    [InlineData("""{"path":"file:///proc/self/root/ROOT/out/secret","mode":511}""")]
    public Task No_mode_outside_is_changed(string parameters) => AssertHeldAsync("fs/chmod", parameters, _ => Tree.Mode("out/secret") == 0x1FF);

    [SandboxFact]
    public async Task An_atomic_replacement_does_not_lead_out()
    {
        foreach (var (path, policy) in new[] { ("ws/escf", Workspace), ("out/secret", Workspace), ("ws/.git/config", Workspace), ("out/new", Workspace), ("out/secret", ":minimal=read ROOT/ws=write") })
        {
            var open = (JObject)Params($$"""{"handleId":"h","path":"file://ROOT/{{path}}","mode":"replace","atomic":true}""");
            open["sandbox"] = Sandbox(policy);
            var answer = await Client.RequestAsync("fs/open", open);
            if (answer["result"] is not null)
            {
                await Client.RequestAsync("fs/writeBlock", Params("""{"handleId":"h","offset":0,"chunk":"eA=="}"""));
                await Client.RequestAsync("fs/close", Params("""{"handleId":"h"}"""));
            }

            Assert.Equal(("S", "G", false), (Tree.Read("out/secret"), Tree.Read("ws/.git/config"), Tree.Has("out/new")));
        }

        await ExpectUnderAsync(Workspace, "fs/open", """{"handleId":"h","path":"file://ROOT/ws/a.txt","mode":"replace","atomic":true}""", """{"handleId":"h"}""");
        await ExpectAsync("fs/writeBlock", """{"handleId":"h","offset":0,"chunk":"eA=="}""", "{}");
        Assert.Equal("A", Tree.Read("ws/a.txt"));
        await ExpectAsync("fs/close", """{"handleId":"h"}""", "{}");
        Assert.Equal(("x", "out secret"), (Tree.Read("ws/a.txt"), string.Join(' ', Tree.Names("out").Prepend("out"))));
    }

    [SandboxTheory]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/.git/config","dataBase64":"eA=="}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/.git/new","dataBase64":"eA=="}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/ws/.git"}""")]
    [InlineData("fs/remove", """{"path":"file://ROOT/ws/.git/config"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/.git","destinationPath":"file://ROOT/ws/old"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/ws/.git/config"}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws","destinationPath":"file://ROOT/moved"}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/.git","recursive":true}""")]
    [InlineData("fs/chmod", """{"path":"file://ROOT/ws/.git/config","mode":511}""")]
    [InlineData("fs/open", """{"handleId":"h","path":"file://ROOT/ws/.git/config","mode":"replace"}""")]
    public Task What_programs_run_from_is_not_changed(string method, string parameters) => AssertHeldAsync(
        method, parameters,
        _ => !Tree.Has("ws/.git/config") || Tree.Read("ws/.git/config") != "G" || Tree.Names("ws/.git").Count != 1 || Tree.Mode("ws/.git/config") == 0x1FF);

    [SandboxTheory]
    [InlineData("fs/createDirectory", """{"path":"file://ROOT/ws/.codex"}""")]
    [InlineData("fs/createDirectory", """{"path":"file://ROOT/ws/.codex/hooks"}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/ws/.codex","dataBase64":""}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/.codex","recursive":true}""")]
    [InlineData("fs/copy", """{"sourcePath":"file://ROOT/ws/escf","destinationPath":"file://ROOT/ws/.codex","recursive":false}""")]
    [InlineData("fs/rename", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/.codex"}""")]
    [InlineData("fs/open", """{"handleId":"h","path":"file://ROOT/ws/.codex","mode":"replace"}""")]
    [InlineData("fs/writeFile", """{"path":"file://ROOT/link/.codex","dataBase64":""}""")]
    public Task What_programs_would_run_from_is_not_made(string method, string parameters) => AssertHeldAsync(method, parameters, _ => Tree.Has("ws/.codex"));

    [SandboxFact]
    public async Task What_is_denied_is_not_read_by_any_way()
    {
        const string Policy = ":root=read ROOT/ws=write ROOT/ws/d=deny";
        foreach (var (method, parameters) in new[]
        {
            ("fs/readFile", """{"path":"file://ROOT/ws/d/f"}"""), ("fs/getMetadata", """{"path":"file://ROOT/ws/d/f"}"""),
            ("fs/canonicalize", """{"path":"file://ROOT/ws/d/f"}"""), ("fs/readFile", """{"path":"file://ROOT/link/d/f"}"""),
            ("fs/readFile", """{"path":"file:///proc/self/root/ROOT/ws/d/f"}"""),
        })
        {
            await AssertHeldAsync(method, parameters, answer => answer["result"] is not null, Policy);
        }

        await AssertHeldAsync("fs/readDirectory", """{"path":"file://ROOT/ws/d"}""", answer => answer["result"] is not null, Policy);
        await AssertHeldAsync("fs/copy", """{"sourcePath":"file://ROOT/ws/d/f","destinationPath":"file://ROOT/ws/mine","recursive":false}""", _ => IsCopied("ws/mine"), Policy);
        await AssertHeldAsync("fs/copy", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/mine","recursive":true}""", _ => IsCopied("ws/mine/f"), Policy);
        await AssertHeldAsync("fs/rename", """{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/mine"}""", _ => Tree.Has("ws/mine"), Policy);
    }

    [SandboxFact]
    public async Task The_files_a_helper_lives_on_are_not_granted_by_that()
    {
        var binary = Path.GetFullPath(ServerUnderTest.Command[0]);
        var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        foreach (var path in new[] { binary, Path.GetDirectoryName(binary)!, Path.Combine(runtime, "System.Private.CoreLib.dll"), "/.execactors", "/usr/bin", "/etc/passwd", "/lib" })
        {
            await ExpectUnderAsync("ROOT/ws=read", "fs/getMetadata", $$"""{"path":"file://{{path}}"}""", Absent);
            await ExpectUnderAsync("ROOT/ws=read", "fs/canonicalize", $$"""{"path":"file://{{path}}"}""", Absent);
        }

        await ExpectUnderAsync("ROOT/ws=read", "fs/readFile", $$"""{"path":"file://{{binary}}"}""", Absent);
    }

    [SandboxTheory]
    [InlineData("/proc/self/environ")]
    [InlineData("/proc/1/environ")]
    [InlineData("/proc/SERVER/environ")]
    public Task The_servers_environment_is_not_read(string path) => AssertHeldAsync(
        "fs/readFile", $$"""{"path":"file://{{path.Replace("1", "SERVER", StringComparison.Ordinal)}}"}""",
        answer => answer["result"] is not null && Text((JObject)answer["result"]!, "dataBase64").Contains("CODEX_HOME", StringComparison.Ordinal), Restricted);

    [SandboxTheory]
    [InlineData("/proc/self/mem")]
    [InlineData("/proc/self/fd/0")]
    [InlineData("/proc/self/fd/1")]
    [InlineData("/proc/self/comm")]
    [InlineData("/proc/self/oom_score_adj")]
    [InlineData("/proc/sys/kernel/hostname")]
    [InlineData("/dev/shm/execactors-test")]
    public async Task Nothing_of_the_helper_itself_is_written(string path)
    {
        foreach (var policy in new[] { Workspace, ":minimal=read ROOT/ws=write" })
        {
            var answer = await Client.RequestAsync("fs/writeFile", new JObject { ["path"] = "file://" + path, ["dataBase64"] = "eA==", ["sandbox"] = Sandbox(policy) });
            Assert.True(answer["error"] is not null, $"{path} was written under {policy}");
        }

        Assert.False(File.Exists("/dev/shm/execactors-test"));
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/a.txt","dataBase64":"eA=="}""", "{}");
    }

    [SandboxFact]
    public async Task Links_that_are_swapped_all_the_time_lead_nowhere()
    {
        using var stop = new CancellationTokenSource();
        Tree.Directory("ws/race").Link("ws/race.link", "../out");
        var swapping = Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Posix.Exchange(Tree.At("ws/race"), Tree.At("ws/race.link"));
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var i = 0; i < 300; i++)
        {
            var name = $"ws/race/{i}";
            await Client.RequestAsync("fs/writeFile", new JObject { ["path"] = Tree.Uri(name), ["dataBase64"] = "eA==", ["sandbox"] = Sandbox(Workspace) });
            await Client.RequestAsync("fs/remove", new JObject { ["path"] = Tree.Uri("ws/race/secret"), ["sandbox"] = Sandbox(Workspace) });
            var read = await Client.RequestAsync("fs/readFile", new JObject { ["path"] = Tree.Uri("ws/race/secret"), ["sandbox"] = Sandbox(Restricted) });
            Assert.False(ShowsSecret(read));
        }

        await stop.CancelAsync();
        await swapping;
        Assert.Equal(["secret"], Tree.Names("out"));
    }

    private bool IsCopied(string name) => Tree.Has(name) && new FileInfo(Tree.At(name)).LinkTarget is null && File.Exists(Tree.At(name)) && Tree.Read(name) is "S" or "D";
}
