using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Wire.Sandbox;

/// <summary>Where no sandbox can be made, what asks for one is refused, and nothing runs without.</summary>
[Difference("helper-failure")]
public sealed class SandboxMissingTests : IDisposable
{
    private readonly FileTree _tree = new FileTree().File("ws/a.txt", "A").File("out/secret", "S");

    public static TheoryData<string, string> Stubs => new()
    {
        { "exit 1", "bubblewrap" },
        { "exit 0", "bubblewrap" },
        { "echo 'bubblewrap 0.4.1'", "0.5.0" },
        { "[ \"$1\" = --version ] && echo 'bubblewrap 0.8.0' && exit 0; echo 'bwrap: No permissions to create new namespace' >&2; exit 1", "namespace" },
        { "[ \"$1\" = --version ] && echo 'bubblewrap 0.8.0' && exit 0; kill -9 $$", "bubblewrap" },
    };

    [Fact]
    public async Task Without_bubblewrap_the_refusal_says_what_to_install() =>
        await AssertRefusedAsync("", new Dictionary<string, string> { ["PATH"] = "/nonexistent" }, "apt-get install bubblewrap");

    [Fact]
    public async Task A_program_that_is_configured_and_missing_is_named() =>
        await AssertRefusedAsync("execactors.sandbox.bubblewrap = /nonexistent/bwrap", null, "/nonexistent/bwrap");

    [Theory]
    [MemberData(nameof(Stubs))]
    public async Task A_bubblewrap_that_fails_leads_to_a_refusal_and_never_to_a_run(string script, string named) =>
        await AssertRefusedAsync($"execactors.sandbox.bubblewrap = {Stub(script)}", null, named);

    [SandboxFact]
    public async Task A_bubblewrap_that_fails_later_on_runs_nothing_either()
    {
        // Good for the trial run, which is the first; then it fails.
        var stub = Stub($"[ \"$1\" = --version ] && exec /usr/bin/bwrap --version; [ -e {_tree.At("failing")} ] && exit 1; exec /usr/bin/bwrap \"$@\"");
        await using var server = await StartAsync($"execactors.sandbox.bubblewrap = {stub}\nexecactors.sandbox.helper-idle = 0s", null);
        await using var client = await WireClient.OpenAsync(server);
        await client.ResultAsync("fs/writeFile", Write(_tree.Uri("ws/a.txt")));
        _tree.File("failing");
        var error = await client.ErrorAsync("fs/writeFile", Write(_tree.Uri("ws/other")));
        Assert.Equal(ErrorCode.InternalError, error.Code);
        var started = await client.RequestAsync("process/start", Start());
        if (started["result"] is not null)
        {
            Assert.NotEqual(0, (await client.FinishAsync("p")).ExitCode);
        }

        Assert.False(_tree.Has("ws/other") || _tree.Has("ws/ran"));
    }

    /// <inheritdoc/>
    public void Dispose() => _tree.Dispose();

    private async Task AssertRefusedAsync(string hocon, IReadOnlyDictionary<string, string>? environment, string named)
    {
        await using var server = await StartAsync(hocon, environment);
        await using var client = await WireClient.OpenAsync(server);
        for (var i = 0; i < 2; i++)
        {
            foreach (var (method, parameters) in Requests())
            {
                var error = await client.ErrorAsync(method, parameters);
                var (code, kind) = method is "process/start" ? (ErrorCode.InvalidParams, "sandboxPreparation") : (ErrorCode.InternalError, null);
                Assert.Equal((code, kind), (error.Code, (string?)error.Data?["kind"]));
                Assert.True(error.Message.Contains(named, StringComparison.Ordinal), $"{method}: {error}");
                Assert.DoesNotContain(".cs", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(("A", false, false), (_tree.Read("ws/a.txt"), _tree.Has("ws/ran"), _tree.Has("ws/new")));
        await client.RunAsync("plain", "true"); // what asks for no sandbox runs on
        var direct = Write(_tree.Uri("ws/new"));
        direct["sandbox"] = JObject.Parse("""{"permissions":{"type":"external","network":"restricted"},"windowsSandboxLevel":"disabled"}""");
        await client.ResultAsync("fs/writeFile", direct);
    }

    private IEnumerable<(string Method, JObject Parameters)> Requests()
    {
        yield return ("process/start", Start());
        yield return ("fs/writeFile", Write(_tree.Uri("ws/a.txt")));
        yield return ("fs/writeFile", Write(_tree.Uri("ws/new")));
        yield return ("fs/remove", new JObject { ["path"] = _tree.Uri("ws"), ["sandbox"] = Sandbox(":minimal") });
        yield return ("fs/readFile", new JObject { ["path"] = _tree.Uri("ws/a.txt"), ["sandbox"] = Sandbox(":minimal") });
        yield return ("fs/open", new JObject { ["handleId"] = "h", ["path"] = _tree.Uri("ws/a.txt"), ["mode"] = "replace", ["sandbox"] = Sandbox(":root") });
    }

    private JObject Start() => WireClient.ScriptParams("p", $"echo ran >{_tree.At("ws/ran")}").With("sandbox", Sandbox(":root"));

    private JObject Write(string uri) => new() { ["path"] = uri, ["dataBase64"] = "eA==", ["sandbox"] = Sandbox(":root") };

    private JObject Sandbox(string readable) => JObject.Parse($$$"""
        {"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[
            {"path":{"type":"special","value":{"kind":"{{{readable[1..]}}}"}},"access":"read"},
            {"path":{"type":"path","path":"{{{_tree.Uri("ws")}}}"},"access":"write"}]},"network":"restricted"},"windowsSandboxLevel":"disabled"}
        """);

    private string Stub(string script)
    {
        _tree.File("bwrap", $"#!/bin/sh\n{script}\n");
        Posix.SetMode(_tree.At("bwrap"), 0x1ED /* 0755 */);
        return _tree.At("bwrap");
    }

    private async Task<ServerProcess> StartAsync(string hocon, IReadOnlyDictionary<string, string>? environment)
    {
        _tree.File("settings.conf", hocon);
        return await ServerProcess.StartAsync(["--config", _tree.At("settings.conf")], environment);
    }
}
