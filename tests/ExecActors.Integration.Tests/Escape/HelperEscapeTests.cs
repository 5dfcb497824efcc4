using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Escape;

/// <summary>What happens around a helper that lives from one request to the next.</summary>
public sealed class HelperEscapeTests() : SandboxTests(new PatientServer())
{
    [SandboxFact]
    public async Task What_somebody_else_makes_while_a_helper_lives_is_protected_at_once()
    {
        var helper = await WarmUpAsync();
        Tree.File("ws/.codex/hooks", "theirs").File("ws/.agents", "theirs");
        foreach (var path in new[] { "ws/.codex/hooks", "ws/.codex/new", "ws/.agents" })
        {
            await ExpectUnderAsync(Workspace, "fs/writeFile", $$"""{"path":"file://ROOT/{{path}}","dataBase64":"eA=="}""", ReadOnly);
        }

        Assert.Equal(("theirs", "theirs", false), (Tree.Read("ws/.codex/hooks"), Tree.Read("ws/.agents"), Tree.Has("ws/.codex/new")));
        Assert.NotEqual(helper, Helpers());
    }

    [SandboxFact]
    public async Task A_folder_that_is_put_in_the_place_of_a_granted_one_is_granted_and_the_old_one_is_not()
    {
        await WarmUpAsync();
        Directory.Move(Tree.At("ws"), Tree.At("old"));
        Tree.File("ws/a.txt", "new");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/a.txt","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/old/a.txt","dataBase64":"eA=="}""", ReadOnly);
        Assert.Equal(("x", "A"), (Tree.Read("ws/a.txt"), Tree.Read("old/a.txt")));
    }

    [SandboxFact]
    public async Task A_granted_folder_that_becomes_a_link_grants_what_the_link_leads_to_now()
    {
        await WarmUpAsync();
        Directory.Move(Tree.At("ws"), Tree.At("old"));
        Tree.Directory("other").Link("ws", "other");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/f","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/old/a.txt","dataBase64":"eA=="}""", ReadOnly);
        Assert.Equal(("x", "A"), (Tree.Read("other/f"), Tree.Read("old/a.txt")));
    }

    [SandboxFact]
    public async Task A_helper_that_is_killed_before_it_answers_is_an_error_and_the_next_request_gets_another()
    {
        await WarmUpAsync();
        var helper = Assert.Single(Helpers());
        var all = ProcFs.Descendants(helper).Append(helper).ToList();
        all.ForEach(pid => Posix.Signal(pid, PosixSignalNumber.Stop));
        var write = await Client.PostAsync("fs/writeFile", Write("ws/new"));
        Assert.Equal("ready", (string?)(await Client.ResultAsync("environment/status"))["status"]);
        all.ForEach(pid => Posix.Signal(pid, PosixSignalNumber.Kill));
        var error = WireError.Of(await Client.AnswerAsync(write));
        Assert.Equal(ErrorCode.InternalError, error.Code);
        Assert.StartsWith("sandboxed file helper ended before it answered", error.Message, StringComparison.Ordinal);
        Assert.False(Tree.Has("ws/new"));

        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/new","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""", ReadOnly);
        Assert.Equal((true, false), (Tree.Has("ws/new"), Tree.Has("out/new")));
    }

    [SandboxFact]
    public async Task A_helper_that_died_while_nobody_asked_is_replaced()
    {
        await WarmUpAsync();
        var helper = Assert.Single(Helpers());
        Posix.Signal(helper, PosixSignalNumber.Kill);
        await Posix.EndOfProcessAsync(helper);
        var answer = await Client.RequestAsync("fs/writeFile", Write("ws/new"));
        if (answer["error"] is not null)
        {
            await Client.ResultAsync("fs/writeFile", Write("ws/new")); // the loss was only seen by asking
        }

        await ExpectUnderAsync(Restricted, "fs/readFile", """{"path":"file://ROOT/ws/new"}""", """{"dataBase64":"eA=="}""");
    }

    [SandboxFact]
    public async Task Profiles_that_limit_nothing_and_reading_where_all_may_be_read_need_no_helper()
    {
        await ExpectUnderAsync(Sandbox(new JObject { ["type"] = "disabled" }), "fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/readFile", """{"path":"file://ROOT/out/secret"}""", """{"dataBase64":"Uw=="}""");
        await ExpectUnderAsync(":root=write", "fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""", "{}");
        Assert.Empty(Helpers());
    }

    /// <inheritdoc/>
    public override async Task InitializeAsync()
    {
        await Fixture.InitializeAsync();
        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Fixture.DisposeAsync();
    }

    private IReadOnlyList<int> Helpers() => ProcFs.Children(Fixture.Server.Pid);

    private JObject Write(string name) => new() { ["path"] = Tree.Uri(name), ["dataBase64"] = "eA==", ["sandbox"] = Sandbox(Workspace) };

    private async Task<IReadOnlyList<int>> WarmUpAsync()
    {
        await Client.ResultAsync("fs/writeFile", Write("ws/d/f"));
        await Client.ResultAsync("fs/writeFile", Write("ws/d/f"));
        return Helpers();
    }

    /// <summary>A server of one test's own, whose helpers stay until it ends.</summary>
    private sealed class PatientServer() : ConfiguredServerFixture("execactors.sandbox.helper-idle = 1h")
    {
        /// <inheritdoc/>
        public override async Task DisposeAsync()
        {
            var helpers = ProcFs.Descendants(Server.Pid);
            await Server.StopAsync();
            await Server.DisposeAsync();
            await Task.WhenAll(helpers.Select(Posix.EndOfProcessAsync)); // none outlives its server
        }
    }
}
