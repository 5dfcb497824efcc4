namespace ExecActors.Integration.Tests.Wire.Sandbox;

/// <summary>The sandbox object itself: what may stand in it and what must.</summary>
public sealed class SandboxShapeTests(SandboxServer fixture) : SandboxTests(fixture), IClassFixture<SandboxServer>
{
    private const string Disabled = "\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\"";

    [Theory]
    [InlineData("5", "-32602 invalid type: number, expected struct WireFileSystemSandboxContext")]
    [InlineData("true", "-32602 invalid type: boolean `true`, expected struct WireFileSystemSandboxContext")]
    [InlineData("\"read-only\"", "-32602 invalid type: string \"read-only\", expected struct WireFileSystemSandboxContext")]
    [InlineData("{}", "-32602 missing field `permissions`")]
    [InlineData("""{"mode":"workspace-write"}""", "-32602 missing field `permissions`")]
    [InlineData("""{"permissions":{"type":"disabled"}}""", "-32602 missing field `windowsSandboxLevel`")]
    [InlineData("""{"permissions":{"type":"disabled"},"windowsSandboxLevel":"zz"}""", "-32602 unknown variant `zz`, expected one of `disabled`, `restricted-token`, `elevated`, `mxc`")]
    [InlineData("""{"permissions":{"type":"zz"},"windowsSandboxLevel":"disabled"}""", "-32602 unknown variant `zz`, expected one of `managed`, `disabled`, `external`")]
    [InlineData("""{"permissions":{"type":"external"},"windowsSandboxLevel":"disabled"}""", "-32602 missing field `network`")]
    [InlineData("""{"permissions":{"type":"external","network":"zz"},"windowsSandboxLevel":"disabled"}""", "-32602 unknown variant `zz`, expected `restricted` or `enabled`")]
    [InlineData("""{"permissions":{"type":"managed"},"windowsSandboxLevel":"disabled"}""", "-32602 missing field `file_system`")]
    [InlineData("""{"permissions":{"type":"managed","file_system":{"type":"unrestricted"}},"windowsSandboxLevel":"disabled"}""", "-32602 missing field `network`")]
    [InlineData("""{"permissions":{"type":"managed","file_system":{"type":"zz"},"network":"restricted"},"windowsSandboxLevel":"disabled"}""", "-32602 unknown variant `zz`, expected `restricted` or `unrestricted`")]
    [InlineData("""{"permissions":{"type":"managed","file_system":{"type":"restricted"},"network":"restricted"},"windowsSandboxLevel":"disabled"}""", "-32602 missing field `entries`")]
    [InlineData("{" + Disabled + ",\"workspaceRoots\":null}", "-32602 invalid type: null, expected a sequence")]
    [InlineData("{" + Disabled + ",\"workspaceRoots\":[\"x\"]}", "-32602 invalid URI: relative URL without a base")]
    [InlineData("{" + Disabled + ",\"cwd\":\"x\"}", "-32602 invalid URI: relative URL without a base")]
    [InlineData("{" + Disabled + ",\"cwd\":5}", "-32602 invalid type: number, expected a string")]
    [InlineData("{" + Disabled + ",\"userHomeDir\":\"x\"}", "-32602 invalid URI: relative URL without a base")]
    [InlineData("{" + Disabled + ",\"temporaryDirectories\":[\"x\"]}", "-32602 invalid URI: relative URL without a base")]
    [InlineData("{" + Disabled + ",\"sandboxOverride\":\"zz\"}", "-32602 unknown variant `zz`, expected one of `noOverride`, `escalatedSandboxWithRestrictions`, `bypassSandboxFirstAttempt`")]
    [InlineData("{" + Disabled + ",\"sandboxOverride\":null}", "-32602 …")]
    [InlineData("{" + Disabled + ",\"useLegacyLandlock\":null}", "-32602 invalid type: null, expected a boolean")]
    [InlineData("{" + Disabled + ",\"windowsSandboxProxySettingsMode\":\"zz\"}", "-32602 unknown variant `zz`, expected `reconcile` or `preserve`")]
    public async Task An_object_that_is_none_is_refused(string sandbox, string refusal)
    {
        await ExpectAsync("fs/readFile", $$"""{"path":"file://ROOT/ws/a.txt","sandbox":{{sandbox}}}""", refusal);
        await ExpectAsync("fs/writeFile", $$"""{"path":"file://ROOT/ws/a.txt","dataBase64":"","sandbox":{{sandbox}}}""", refusal);
        var start = WireClient.StartParams("p", "/bin/true");
        start["sandbox"] = JToken.Parse(sandbox);
        Compare(await Client.RequestAsync("process/start", start), refusal, "process/start");
        Assert.Equal("A", Tree.Read("ws/a.txt"));
    }

    [Theory]
    [InlineData("""{"type":"zz"}""", "\"read\"", "-32602 unknown variant `zz`, expected one of `path`, `glob_pattern`, `special`")]
    [InlineData("""{"type":"path"}""", "\"read\"", "-32602 missing field `path`")]
    [InlineData("""{"type":"path","path":"x"}""", "\"read\"", "-32602 invalid URI: relative URL without a base")]
    [InlineData("""{"type":"glob_pattern"}""", "\"read\"", "-32602 missing field `pattern`")]
    [InlineData("""{"type":"special"}""", "\"read\"", "-32602 missing field `value`")]
    [InlineData("""{"type":"special","value":{}}""", "\"read\"", "-32602 missing field `kind`")]
    [InlineData("""{"type":"special","value":{"kind":"zz"}}""", "\"read\"", "-32602 unknown variant `zz`, expected one of `root`, `minimal`, `current_working_directory`, `project_roots`, `tmpdir`, `slash_tmp`, `unknown`")]
    [InlineData("""{"type":"special","value":{"kind":"unknown"}}""", "\"read\"", "-32602 missing field `path`")]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", "\"zz\"", "-32602 unknown variant `zz`, expected one of `read`, `write`, `deny`, `none`")]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", "null", "-32602 …")]
    public async Task An_entry_that_is_none_is_refused(string path, string access, string refusal)
    {
        var profile = $$"""{"type":"managed","file_system":{"type":"restricted","entries":[{"path":{{path}},"access":{{access}}}]},"network":"restricted"}""";
        await ExpectUnderAsync(Sandbox(JObject.Parse(profile)), "fs/readFile", """{"path":"file://ROOT/ws/a.txt"}""", refusal);
    }

    [Theory]
    [InlineData(":project_roots=read")]
    [InlineData(":root=read :project_roots/sub=write")]
    [InlineData(":current_working_directory=read")]
    public async Task Entries_that_depend_on_a_working_directory_need_one(string entries)
    {
        var sandbox = Sandbox(entries);
        sandbox.Remove("cwd");
        await ExpectUnderAsync(sandbox, "fs/readFile", """{"path":"file://ROOT/ws/a.txt"}""", "-32602 file system sandbox context with dynamic permissions requires cwd");
    }

    [Theory]
    [InlineData("{" + Disabled + ",\"policyContext\":null,\"userHomeDir\":null,\"temporaryDirectories\":null,\"cwd\":null,\"windowsSandboxProxySettingsMode\":null}")]
    [InlineData("{" + Disabled + ",\"policyContext\":{},\"userHomeDir\":\"file:///root\",\"temporaryDirectories\":[\"file:///tmp\"],\"useLegacyLandlock\":false}")]
    [InlineData("{" + Disabled + ",\"unknownMember\":{\"a\":1},\"sandboxOverride\":\"noOverride\",\"windowsSandboxProxySettingsMode\":\"preserve\"}")]
    [InlineData("{\"permissions\":{\"type\":\"disabled\",\"more\":1},\"windowsSandboxLevel\":\"mxc\"}")]
    public Task What_may_be_left_out_may_be_null_and_what_is_unknown_is_ignored(string sandbox) =>
        ExpectAsync("fs/readFile", $$"""{"path":"file://ROOT/ws/a.txt","sandbox":{{sandbox}}}""", """{"dataBase64":"QQ=="}""");
}
