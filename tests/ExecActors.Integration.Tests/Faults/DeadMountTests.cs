using ExecActors.Testing;

using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Sessions whose files and starts hang on a dead mount, however many, hold up themselves only, while they are there and afterwards.</summary>
/// <remarks>Needs /dev/fuse and the right to mount. Where there is neither, the test says so and ends.</remarks>
[Collection(nameof(RunsAlone))]
public sealed class DeadMountTests(ITestOutputHelper output) : IDisposable
{
    private const int Requests = 12; // of each kind; more than the workers of a session
    private const int Sessions = 40;

    private readonly FileTree _tree = new FileTree().File("alive", "alive");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task Others_are_served_beside_many_sessions_that_hang_and_after_them()
    {
        using var mount = TryMount();
        if (mount is null)
        {
            return;
        }

        await using var server = await ServerProcess.StartAsync();
        var hanging = new List<WireClient>();
        for (var session = 0; session < Sessions; session++)
        {
            hanging.Add(await WireClient.OpenAsync(server));
        }

        var cat = WireClient.StartParams("cat", "/bin/cat");
        cat["pipeStdin"] = true;
        await hanging[0].StartAsync(cat);
        foreach (var client in hanging)
        {
            await HangAsync(client, mount);
        }

        await ServedAsync(server);

        // What does not hang of such a session goes on, too.
        Assert.Equal("accepted", await hanging[0].WriteAsync("cat", "on\n", "1"));
        Assert.Equal("on\n", await hanging[0].OutputUntilAsync("cat", "\n"));
        Assert.True(await hanging[0].TerminateAsync("cat"));
        foreach (var client in hanging)
        {
            await client.DisposeAsync();
        }

        await ServedAsync(server);
        await server.StopAsync();
    }

    [Fact]
    public async Task Others_are_served_after_many_sessions_that_came_one_after_another_and_hang_still()
    {
        using var mount = TryMount();
        if (mount is null)
        {
            return;
        }

        await using var server = await ServerProcess.StartAsync();
        for (var session = 0; session < Sessions; session++)
        {
            await using var client = await WireClient.OpenAsync(server);
            await HangAsync(client, mount);
            await client.ResultAsync("environment/status");
        }

        await ServedAsync(server);
        mount.Dispose();
        await ServedAsync(server);
        await server.StopAsync();
    }

    [SandboxFact]
    public async Task Sandboxed_files_patterns_and_watches_that_hang_hold_up_nobody_else()
    {
        using var mount = TryMount();
        if (mount is null)
        {
            return;
        }

        await using var server = await ServerProcess.StartAsync();
        var hanging = new List<WireClient>();
        for (var session = 0; session < Sessions / 4; session++)
        {
            hanging.Add(await WireClient.OpenAsync(server));
        }

        var here = $"file://{mount.Path}";
        var above = $"file://{Path.GetDirectoryName(mount.Path)}"; // so that the helper meets the mount, not the plan
        var sandbox = Sandbox(_tree.Uri("alive"));
        foreach (var client in hanging)
        {
            var pattern = WireClient.StartParams("pattern", "/bin/true");
            pattern["sandbox"] = Sandbox(above, new JObject { ["type"] = "glob_pattern", ["pattern"] = $"{mount.Path}/**/*.key" });
            await HangAsync(client, "fs/readFile", new JObject { ["path"] = $"{here}/sandboxed", ["sandbox"] = Sandbox(above) });
            await HangAsync(client, "fs/getMetadata", new JObject { ["path"] = $"{here}/sandboxed", ["sandbox"] = Sandbox(above) });
            await HangAsync(client, "fs/watch", new JObject { ["watchId"] = 1, ["path"] = $"{here}/watched", ["recursive"] = true });
            await HangAsync(client, "process/start", pattern);
        }

        await ServedAsync(server, sandbox);
        foreach (var client in hanging)
        {
            await client.DisposeAsync();
        }

        await ServedAsync(server, sandbox);
        await server.StopAsync();
    }

    private DeadMount? TryMount()
    {
        var mount = DeadMount.TryMake();
        if (mount is null)
        {
            output.WriteLine("no FUSE file system can be mounted here: nothing was tested");
        }

        return mount;
    }

    private static async Task HangAsync(WireClient client, DeadMount mount)
    {
        for (var number = 0; number < Requests; number++)
        {
            var start = WireClient.StartParams($"hangs{number}", "/bin/true");
            start["cwd"] = $"file://{mount.Path}";
            await HangAsync(client, "fs/readFile", new JObject { ["path"] = $"file://{mount.Path}/{number}" });
            await HangAsync(client, "process/start", start);
        }
    }

    // Not by the client's own way, which would end these processes, one after the other, when it is disposed.
    private static Task HangAsync(WireClient client, string method, JObject parameters) =>
        client.SendAsync(new JObject { ["id"] = $"hangs-{method}-{parameters["processId"] ?? parameters["path"]}", ["method"] = method, ["params"] = parameters }.ToString());

    // Too narrow for the server to read by itself: a helper does.
    private static JObject Sandbox(string readable, JObject? denied = null)
    {
        var entries = new JArray
        {
            Entry(new JObject { ["type"] = "special", ["value"] = new JObject { ["kind"] = "minimal" } }, "read"),
            Entry(new JObject { ["type"] = "path", ["path"] = readable }, "read"),
        };
        if (denied is not null)
        {
            entries.Add(Entry(denied, "none"));
        }

        return new JObject
        {
            ["permissions"] = new JObject
            {
                ["type"] = "managed",
                ["file_system"] = new JObject { ["type"] = "restricted", ["entries"] = entries },
                ["network"] = "restricted",
            },
            ["workspaceRoots"] = new JArray(),
            ["windowsSandboxLevel"] = "disabled",
        };

        static JObject Entry(JObject path, string access) => new() { ["path"] = path, ["access"] = access };
    }

    private async Task ServedAsync(ServerProcess server, JObject? sandbox = null)
    {
        await using var client = await WireClient.OpenAsync(server);
        var begun = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal("ran\n", (await client.RunAsync("p", "echo ran")).Stdout);
        output.WriteLine($"a process after {begun.ElapsedMilliseconds} ms");
        begun.Restart();
        Assert.Equal("YWxpdmU=", (string)(await client.ResultAsync("fs/readFile", new JObject { ["path"] = _tree.Uri("alive") }))["dataBase64"]!);
        output.WriteLine($"a file after {begun.ElapsedMilliseconds} ms");
        if (sandbox is not null)
        {
            begun.Restart();
            var read = new JObject { ["path"] = _tree.Uri("alive"), ["sandbox"] = sandbox };
            Assert.Equal("YWxpdmU=", (string)(await client.ResultAsync("fs/readFile", read))["dataBase64"]!);
            output.WriteLine($"a sandboxed file after {begun.ElapsedMilliseconds} ms");
        }
    }
}
