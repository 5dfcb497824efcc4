using ExecActors.Protocol.Tests.FileSystem;

namespace ExecActors.Protocol.Tests.Sandbox;

/// <summary>Each row was asked of the reference server.</summary>
public sealed class SandboxRefusalTests
{
    private const string Disabled = "\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\"";
    private const string ProjectRoots = """{"type":"special","value":{"kind":"project_roots"}}""";
    private const string Foreign = """{"type":"path","path":"file://h/x"}""";

    [Theory]
    [InlineData("true", "invalid type: boolean `true`, expected struct WireFileSystemSandboxContext")]
    [InlineData("\"read-only\"", "invalid type: string \"read-only\", expected struct WireFileSystemSandboxContext")]
    [InlineData("{}", "missing field `permissions`")]
    [InlineData("{\"type\":\"read-only\"}", "missing field `permissions`")]
    [InlineData("{\"mode\":\"workspace-write\"}", "missing field `permissions`")]
    [InlineData("{\"permissions\":{\"type\":\"disabled\"}}", "missing field `windowsSandboxLevel`")]
    [InlineData("{\"windowsSandboxLevel\":null}", "invalid type: null, expected string or map")]
    [InlineData("{\"windowsSandboxLevel\":5}", "invalid type: number, expected string or map")]
    [InlineData("{\"windowsSandboxLevel\":\"zz\",\"permissions\":5}", "unknown variant `zz`, expected one of `disabled`, `restricted-token`, `elevated`, `mxc`")]
    [InlineData("{\"permissions\":{\"type\":\"managed\"},\"windowsSandboxLevel\":\"zz\"}", "missing field `file_system`")]
    public void The_object_itself(string sandbox, string message) => AssertRefused(message, sandbox);

    [Theory]
    [InlineData("\"cwd\":5", "invalid type: number, expected a string")]
    [InlineData("\"cwd\":\"x\"", "invalid URI: relative URL without a base")]
    [InlineData("\"cwd\":\"x\",\"useLegacyLandlock\":5", "invalid URI: relative URL without a base")]
    [InlineData("\"workspaceRoots\":null", "invalid type: null, expected a sequence")]
    [InlineData("\"workspaceRoots\":[5]", "invalid type: number, expected a string")]
    [InlineData("\"workspaceRoots\":[null]", "invalid type: null, expected a string")]
    [InlineData("\"workspaceRoots\":[\"x\"]", "invalid URI: relative URL without a base")]
    [InlineData("\"policyContext\":5", "invalid type: number, expected struct WireFileSystemPolicyContext")]
    [InlineData("\"policyContext\":{\"cwd\":5}", "invalid type: number, expected a string")]
    [InlineData("\"policyContext\":{\"workspaceRoots\":null}", "invalid type: null, expected a sequence")]
    [InlineData("\"policyContext\":{\"workspaceRoots\":[\"x\"]}", "invalid URI: relative URL without a base")]
    [InlineData("\"sandboxOverride\":null", "invalid type: null, expected string or map")]
    [InlineData("\"sandboxOverride\":5", "invalid type: number, expected string or map")]
    [InlineData("\"sandboxOverride\":\"zz\"", "unknown variant `zz`, expected one of `noOverride`, `escalatedSandboxWithRestrictions`, `bypassSandboxFirstAttempt`")]
    [InlineData("\"userHomeDir\":5", "invalid type: number, expected a string")]
    [InlineData("\"userHomeDir\":\"x\"", "invalid URI: relative URL without a base")]
    [InlineData("\"temporaryDirectories\":5", "invalid type: number, expected a sequence")]
    [InlineData("\"temporaryDirectories\":[\"x\"]", "invalid URI: relative URL without a base")]
    [InlineData("\"temporaryDirectories\":[null]", "invalid type: null, expected a string")]
    [InlineData("\"windowsSandboxProxySettingsMode\":\"zz\"", "unknown variant `zz`, expected `reconcile` or `preserve`")]
    [InlineData("\"windowsSandboxProxySettingsMode\":5", "invalid type: number, expected string or map")]
    [InlineData("\"useLegacyLandlock\":null", "invalid type: null, expected a boolean")]
    [InlineData("\"useLegacyLandlock\":5", "invalid type: number, expected a boolean")]
    public void Members_beside_the_profile(string member, string message)
    {
        AssertRefused(message, $"{{{Disabled},{member}}}");
        AssertRefused(message, $"{{{member}}}");
    }

    [Theory]
    [InlineData("5", "invalid type: integer `5`, expected internally tagged enum ExecPermissionProfile")]
    [InlineData("null", "invalid type: null, expected internally tagged enum ExecPermissionProfile")]
    [InlineData("\"disabled\"", "invalid type: string \"disabled\", expected internally tagged enum ExecPermissionProfile")]
    [InlineData("{}", "missing field `type`")]
    [InlineData("{\"type\":5}", "invalid type: number, expected variant identifier")]
    [InlineData("{\"type\":null}", "invalid type: null, expected variant identifier")]
    [InlineData("{\"network\":5,\"type\":\"zz\"}", "unknown variant `zz`, expected one of `managed`, `disabled`, `external`")]
    [InlineData("{\"type\":\"external\"}", "missing field `network`")]
    [InlineData("{\"type\":\"external\",\"network\":\"zz\"}", "unknown variant `zz`, expected `restricted` or `enabled`")]
    [InlineData("{\"type\":\"external\",\"network\":5}", "invalid type: integer `5`, expected string or map")]
    [InlineData("{\"type\":\"external\",\"network\":null}", "invalid type: null, expected string or map")]
    [InlineData("{\"network\":\"zz\",\"type\":\"managed\"}", "unknown variant `zz`, expected `restricted` or `enabled`")]
    [InlineData("{\"type\":\"managed\"}", "missing field `file_system`")]
    [InlineData("{\"type\":\"managed\",\"network\":\"restricted\"}", "missing field `file_system`")]
    [InlineData("{\"type\":\"managed\",\"fileSystem\":{\"type\":\"unrestricted\"},\"network\":\"restricted\"}", "missing field `file_system`")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"unrestricted\"}}", "missing field `network`")]
    [InlineData("{\"type\":\"managed\",\"file_system\":5}", "invalid type: integer `5`, expected internally tagged enum ExecManagedFileSystemPermissions")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{}}", "missing field `type`")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"zz\"}}", "unknown variant `zz`, expected `restricted` or `unrestricted`")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\"}}", "missing field `entries`")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":5}}", "invalid type: integer `5`, expected a sequence")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"entries\":null,\"type\":\"restricted\"}}", "invalid type: null, expected a sequence")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":[],\"glob_scan_max_depth\":\"zz\"}}", "invalid type: string \"zz\", expected a nonzero usize")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":[],\"glob_scan_max_depth\":-1}}", "invalid value: integer `-1`, expected a nonzero usize")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":[],\"glob_scan_max_depth\":0}}", "invalid value: integer `0`, expected a nonzero usize")]
    [InlineData("{\"type\":\"managed\",\"file_system\":{\"type\":\"restricted\",\"entries\":[],\"glob_scan_max_depth\":1.5}}", "invalid type: floating point `1.5`, expected a nonzero usize")]
    public void The_profile(string permissions, string message)
    {
        AssertRefused(message, $"{{\"permissions\":{permissions}}}");
        AssertRefused(message, $"{{\"permissions\":{permissions},\"windowsSandboxLevel\":5}}");
    }

    [Theory]
    [InlineData("5", "invalid type: integer `5`, expected struct ExecFileSystemSandboxEntry")]
    [InlineData("null", "invalid type: null, expected struct ExecFileSystemSandboxEntry")]
    [InlineData("\"x\"", "invalid type: string \"x\", expected struct ExecFileSystemSandboxEntry")]
    [InlineData("{}", "missing field `path`")]
    [InlineData("{\"access\":\"read\"}", "missing field `path`")]
    [InlineData("{\"access\":\"zz\"}", "unknown variant `zz`, expected one of `read`, `write`, `deny`, `none`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}}}", "missing field `access`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":5}", "invalid type: integer `5`, expected string or map")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"root\"}},\"access\":null}", "invalid type: null, expected string or map")]
    [InlineData("{\"missing_path_behavior\":5}", "invalid type: integer `5`, expected string or map")]
    [InlineData("{\"missing_path_behavior\":true}", "invalid type: boolean `true`, expected string or map")]
    [InlineData("{\"missing_path_behavior\":\"zz\"}", "unknown variant `zz`, expected `skip`")]
    [InlineData("{\"path\":5}", "invalid type: integer `5`, expected internally tagged enum ExecFileSystemPath")]
    [InlineData("{\"path\":null}", "invalid type: null, expected internally tagged enum ExecFileSystemPath")]
    [InlineData("{\"path\":{}}", "missing field `type`")]
    [InlineData("{\"path\":{\"type\":\"zz\"}}", "unknown variant `zz`, expected one of `path`, `glob_pattern`, `special`")]
    [InlineData("{\"path\":{\"type\":\"path\"}}", "missing field `path`")]
    [InlineData("{\"path\":{\"type\":\"path\",\"path\":5}}", "invalid type: integer `5`, expected a string")]
    [InlineData("{\"path\":{\"type\":\"path\",\"path\":null}}", "invalid type: null, expected a string")]
    [InlineData("{\"path\":{\"path\":\"tmp\",\"type\":\"path\"}}", "invalid URI: relative URL without a base")]
    [InlineData("{\"path\":{\"type\":\"glob_pattern\"}}", "missing field `pattern`")]
    [InlineData("{\"path\":{\"type\":\"glob_pattern\",\"pattern\":5}}", "invalid type: integer `5`, expected a string")]
    [InlineData("{\"path\":{\"type\":\"special\"}}", "missing field `value`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":5}}", "invalid type: integer `5`, expected internally tagged enum FileSystemSpecialPath")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":\"root\"}}", "invalid type: string \"root\", expected internally tagged enum FileSystemSpecialPath")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{}}}", "missing field `kind`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"zz\"}}}", "unknown variant `zz`, expected one of `root`, `minimal`, `current_working_directory`, `project_roots`, `tmpdir`, `slash_tmp`, `unknown`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"unknown\"}}}", "missing field `path`")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"unknown\",\"path\":null}}}", "invalid type: null, expected a string")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"kind\":\"unknown\",\"path\":\"x\",\"subpath\":5}}}", "invalid type: integer `5`, expected a string")]
    [InlineData("{\"path\":{\"type\":\"special\",\"value\":{\"subpath\":5,\"kind\":\"project_roots\"}}}", "invalid type: integer `5`, expected a string")]
    public void An_entry_of_a_profile(string entry, string message) => AssertRefused(
        message,
        $"{{\"permissions\":{{\"type\":\"managed\",\"file_system\":{{\"type\":\"restricted\",\"entries\":[{entry}]}},\"network\":\"restricted\"}},\"windowsSandboxLevel\":\"disabled\"}}");

    [Theory]
    [InlineData(Foreign, "", -32600, "invalid sandbox permission path URI: 'file://h/x' is invalid on 'linux'")]
    [InlineData(ProjectRoots, "", -32602, "file system sandbox context with dynamic permissions requires cwd")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file://h/c\"", -32600, "'file://h/c' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"policyContext\":{\"cwd\":\"file://h/c\"}", -32600, "'file://h/c' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file://h/c\",\"policyContext\":{}", -32600, "'file://h/c' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file://h/c\",\"workspaceRoots\":[\"file://h/w\"]", -32600, "'file://h/c' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file:///\",\"workspaceRoots\":[\"file:///a\",\"file://h/w\"]", -32600, "file system sandbox workspace root is not native to this exec-server host: 'file://h/w' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file:///\",\"policyContext\":{\"workspaceRoots\":[\"file://h/w\"]}", -32600, "file system sandbox workspace root is not native to this exec-server host: 'file://h/w' is invalid on 'linux'")]
    public void Places_that_a_file_method_depends_on(string path, string more, int code, string message) =>
        Assert.Equal(new RpcError(code, message), FsParams.Refusal("readFile", $"{{\"path\":\"file:///a\",\"sandbox\":{SandboxContextTests.Restricted(path, more)}}}"));

    [Theory]
    [InlineData(Foreign, "", "invalid sandbox permission path: 'file://h/x' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file://h/c\"", "invalid sandbox policy cwd: 'file://h/c' is invalid on 'linux'")]
    [InlineData(ProjectRoots, ",\"cwd\":\"file:///\",\"workspaceRoots\":[\"file://h/w\"]", "invalid sandbox workspace root: 'file://h/w' is invalid on 'linux'")]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", ",\"cwd\":\"file://h/c\"", "invalid sandbox policy cwd: 'file://h/c' is invalid on 'linux'")]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", ",\"workspaceRoots\":[\"file://h/c\"]", "invalid sandbox workspace root: 'file://h/c' is invalid on 'linux'")]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", ",\"policyContext\":{\"cwd\":\"file://h/c\"}", "invalid sandbox policy cwd: 'file://h/c' is invalid on 'linux'")]
    public void Places_of_a_process(string path, string more, string message)
    {
        var sandbox = SandboxContextTests.Restricted(path, more);

        Assert.Equal($"failed to prepare process sandbox: {message}", RefusalOfStart(sandbox, "[\"x\"]"));
        Assert.Equal("argv must not be empty", RefusalOfStart(sandbox, "[]"));
    }

    [Theory]
    [InlineData("", "invalid sandbox policy cwd: 'file://h/p' is invalid on 'linux'")]
    [InlineData(",\"workspaceRoots\":[\"file://h/w\"]", "invalid sandbox policy cwd: 'file://h/p' is invalid on 'linux'")]
    [InlineData(",\"cwd\":\"file://h/s\"", "invalid sandbox policy cwd: 'file://h/s' is invalid on 'linux'")]
    [InlineData(",\"cwd\":\"file:///\",\"workspaceRoots\":[\"file://h/w\"]", "invalid sandbox workspace root: 'file://h/w' is invalid on 'linux'")]
    [InlineData(",\"cwd\":\"file:///\"", "command cwd URI `file://h/p` is not valid on this host: 'file://h/p' is invalid on 'linux'")]
    [InlineData(",\"policyContext\":{\"cwd\":\"file:///\"}", "command cwd URI `file://h/p` is not valid on this host: 'file://h/p' is invalid on 'linux'")]
    public void The_directory_of_a_process_in_a_sandbox(string more, string message)
    {
        var sandbox = $"{{{Disabled}{more}}}";

        Assert.Equal($"failed to prepare process sandbox: {message}", RefusalOfStart(sandbox, "[\"x\"]", "file://h/p"));
        Assert.Equal("argv must not be empty", RefusalOfStart(sandbox, "[]", "file://h/p"));
    }

    [Fact]
    public void What_is_asked_of_the_sandbox_comes_before_the_path_and_after_the_handle()
    {
        var dynamic = SandboxContextTests.Restricted(ProjectRoots);
        var dynamicElsewhere = SandboxContextTests.Restricted(ProjectRoots, ",\"cwd\":\"file://h/c\"");
        var foreign = SandboxContextTests.Restricted(Foreign);
        var id = new string('a', 33);

        Assert.Equal(ExecActors.Protocol.Errors.SandboxLacksCwd, ReadFile(dynamic));
        Assert.Equal(ExecActors.Protocol.Errors.SandboxLacksCwd, Open(dynamic));
        Assert.Equal("invalid sandbox permission path URI: 'file://h/x' is invalid on 'linux'", ReadFile(foreign).Message);
        Assert.Equal(ExecActors.Protocol.Errors.FileHandleIdTooLong, Open(foreign));
        Assert.Equal("'file://h/y' is invalid on 'linux'", ReadFile(dynamicElsewhere).Message);
        Assert.Equal(ExecActors.Protocol.Errors.FileHandleIdTooLong, Open(dynamicElsewhere));

        RpcError ReadFile(string sandbox) => FsParams.Refusal("readFile", $"{{\"sandbox\":{sandbox},\"path\":\"file://h/y\"}}");

        RpcError Open(string sandbox) => FsParams.Refusal("open", $"{{\"sandbox\":{sandbox},\"path\":\"file://h/y\",\"handleId\":\"{id}\"}}");
    }

    private static void AssertRefused(string message, string sandbox)
    {
        Assert.Equal(new RpcError(-32602, message), FsParams.Refusal("readFile", $"{{\"path\":\"file:///a\",\"sandbox\":{sandbox}}}"));
        Assert.Equal(new RpcError(-32602, message), FsParams.Refusal("writeFile", $"{{\"sandbox\":{sandbox}}}"));
        Assert.Equal(message, RefusalOfStart(sandbox, "[\"x\"]"));
    }

    private static string RefusalOfStart(string sandbox, string argv, string cwd = "file:///") => Wire.Refusal<ProcessStartParams>(
        ProcessStartParams.TryDecode,
        $"{{\"processId\":\"q\",\"argv\":{argv},\"sandbox\":{sandbox},\"cwd\":\"{cwd}\",\"env\":{{}},\"tty\":false}}");
}
