namespace ExecActors.Protocol.Tests.Sandbox;

public sealed class SandboxContextTests
{
    [Fact]
    public void All_members_are_read()
    {
        var sandbox = Read(
            """
            {"windowsSandboxLevel":"mxc","windowsSandboxProxySettingsMode":"preserve","useLegacyLandlock":true,"x":{"cwd":5},
             "cwd":"file:///c/../w","workspaceRoots":["file:///r1","file:///r2"],"policyContext":{"workspaceRoots":["file:///p"],"cwd":"file:///pc"},
             "sandboxOverride":"bypassSandboxFirstAttempt","userHomeDir":"file:///h","temporaryDirectories":["file:///t"],
             "permissions":{"network":"enabled","type":"managed","file_system":{"glob_scan_max_depth":3,"entries":[
               {"access":"read","path":{"value":{"subpath":"s","kind":"project_roots"},"type":"special"}},
               {"path":{"type":"path","path":"file:///l"},"access":"write","missing_path_behavior":"skip"},
               {"path":{"type":"glob_pattern","pattern":"**/*.env"},"access":"none"},
               {"path":{"type":"special","value":{"kind":"unknown","path":"later","subpath":null}},"access":"deny"}],"type":"restricted"}}}
            """);

        Assert.Equal(
            ("/w", true, SandboxOverride.BypassSandboxFirstAttempt, "/h"),
            (Wire.Text(sandbox.Cwd), sandbox.UseLegacyLandlock, sandbox.Override, Wire.Text(sandbox.UserHomeDir)));
        Assert.Equal(["/r1", "/r2"], Texts(sandbox.WorkspaceRoots));
        Assert.Equal(["/t"], Texts(sandbox.TemporaryDirectories!));
        Assert.Equal("/pc", Wire.Text(sandbox.PolicyContext!.Cwd));
        Assert.Equal(["/p"], Texts(sandbox.PolicyContext.WorkspaceRoots));
        var managed = Assert.IsType<PermissionProfile.Managed>(sandbox.Permissions);
        Assert.Equal(NetworkAccess.Enabled, managed.Network);
        var restricted = Assert.IsType<FileSystemProfile.Restricted>(managed.FileSystem);
        Assert.Equal(3, restricted.GlobScanMaxDepth);
        Assert.Equal(new ProfileEntry(new ProfilePath.Special(SpecialPath.ProjectRoots, "s"), ProfileAccess.Read), restricted.Entries[0]);
        Assert.Equal("/l", Wire.Text(Assert.IsType<ProfilePath.Literal>(restricted.Entries[1].Path).Path));
        Assert.Equal((ProfileAccess.Write, true), (restricted.Entries[1].Access, restricted.Entries[1].SkipIfMissing));
        Assert.Equal(new ProfileEntry(new ProfilePath.Glob("**/*.env"), ProfileAccess.Deny), restricted.Entries[2]);
        Assert.Equal(new ProfileEntry(new ProfilePath.Special(SpecialPath.Unknown, null, "later"), ProfileAccess.Deny), restricted.Entries[3]);
    }

    [Fact]
    public void Absent_members_have_their_defaults()
    {
        var sandbox = Read("""{"permissions":{"type":"disabled"},"windowsSandboxLevel":"disabled"}""");

        Assert.Equal(
            (new PermissionProfile.Disabled(), null, null, SandboxOverride.NoOverride, null, null, false),
            (sandbox.Permissions, sandbox.Cwd, sandbox.PolicyContext, sandbox.Override, sandbox.UserHomeDir, sandbox.TemporaryDirectories, sandbox.UseLegacyLandlock));
        Assert.Empty(sandbox.WorkspaceRoots);
    }

    [Fact]
    public void It_is_written_as_the_reference_server_reads_it()
    {
        var sandbox = new SandboxContext(
            new PermissionProfile.Managed(
                new FileSystemProfile.Restricted(
                [
                    new ProfileEntry(new ProfilePath.Special(SpecialPath.CurrentWorkingDirectory), ProfileAccess.Read),
                    new ProfileEntry(new ProfilePath.Special(SpecialPath.Unknown, UnknownPath: "u"), ProfileAccess.Read),
                    new ProfileEntry(new ProfilePath.Literal("/l l"u8.ToArray()), ProfileAccess.Write, SkipIfMissing: true),
                    new ProfileEntry(new ProfilePath.Glob("*"), ProfileAccess.Deny),
                ]),
                NetworkAccess.Restricted),
            "/c"u8.ToArray(),
            ["/r"u8.ToArray()],
            new PolicyContext(null, []));

        Assert.Equal(
            """
            {"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[
            {"path":{"type":"special","value":{"kind":"current_working_directory"}},"access":"read"},
            {"path":{"type":"special","value":{"kind":"unknown","path":"u"}},"access":"read"},
            {"path":{"type":"path","path":"file:///l%20l"},"access":"write","missing_path_behavior":"skip"},
            {"path":{"type":"glob_pattern","pattern":"*"},"access":"deny"}]},"network":"restricted"},
            "cwd":"file:///c","workspaceRoots":["file:///r"],"policyContext":{"workspaceRoots":[]},
            "sandboxOverride":"noOverride","useLegacyLandlock":false,"windowsSandboxLevel":"disabled"}
            """.ReplaceLineEndings(""),
            Wire.Text(Wire.Serialized(sandbox)));
    }

    [Theory]
    [InlineData("", "null", "")]
    [InlineData("\"cwd\":\"file:///c\",\"workspaceRoots\":[\"file:///r\"]", "/c", "/r")]
    [InlineData("\"cwd\":\"file:///c\",\"workspaceRoots\":[\"file:///r\"],\"policyContext\":null", "/c", "/r")]
    [InlineData("\"cwd\":\"file:///c\",\"workspaceRoots\":[\"file:///r\"],\"policyContext\":{}", "/c", "")]
    [InlineData("\"cwd\":\"file:///c\",\"workspaceRoots\":[\"file:///r\"],\"policyContext\":{\"cwd\":\"file:///p\"}", "/p", "")]
    [InlineData("\"workspaceRoots\":[\"file:///r\"],\"policyContext\":{\"cwd\":null,\"workspaceRoots\":[\"file:///q\"]}", "null", "/q")]
    public void The_policy_context_goes_before_the_context(string members, string cwd, string roots)
    {
        var sandbox = Read($"{{\"permissions\":{{\"type\":\"disabled\"}},\"windowsSandboxLevel\":\"disabled\"{(members.Length > 0 ? "," : "")}{members}}}");

        Assert.Equal(cwd, sandbox.PolicyCwd is { } path ? Wire.Text(path) : "null");
        Assert.Equal(roots, string.Join(',', Texts(sandbox.PolicyWorkspaceRoots)));
    }

    [Theory]
    [InlineData("""{"type":"special","value":{"kind":"project_roots"}}""", true)]
    [InlineData("""{"type":"special","value":{"kind":"current_working_directory"}}""", true)]
    [InlineData("""{"type":"glob_pattern","pattern":"*.env"}""", true)]
    [InlineData("""{"type":"glob_pattern","pattern":"/x/*.env"}""", false)]
    [InlineData("""{"type":"special","value":{"kind":"root"}}""", false)]
    [InlineData("""{"type":"special","value":{"kind":"minimal"}}""", false)]
    [InlineData("""{"type":"special","value":{"kind":"tmpdir"}}""", false)]
    [InlineData("""{"type":"special","value":{"kind":"slash_tmp"}}""", false)]
    [InlineData("""{"type":"special","value":{"kind":"unknown","path":"x"}}""", false)]
    [InlineData("""{"type":"path","path":"file:///x"}""", false)]
    public void Entries_that_depend_on_a_working_directory_want_one(string path, bool dynamic)
    {
        foreach (var members in (string[])["", ",\"workspaceRoots\":[\"file:///r\"]", ",\"policyContext\":{\"workspaceRoots\":[\"file:///r\"]}"])
        {
            var json = Restricted(path, members);
            Assert.Equal(!dynamic, FsReadFileParams.TryDecode(InReadFile(json), out _, out var error));
            Assert.Equal(dynamic ? ExecActors.Protocol.Errors.SandboxLacksCwd : default, error);
            Assert.Equal(dynamic, InStart(json).LacksCwd);
        }

        Assert.False(Read(Restricted(path, ",\"cwd\":\"file:///c\"")).LacksCwd);
        Assert.False(Read(Restricted(path, ",\"policyContext\":{\"cwd\":\"file:///c\"}")).LacksCwd);
    }

    [Theory]
    [InlineData("\"cwd\":\"file://h/x\"")]
    [InlineData("\"workspaceRoots\":[\"file://h/x\"]")]
    [InlineData("\"userHomeDir\":\"file://h/x\"")]
    [InlineData("\"temporaryDirectories\":[\"file://h/x\"]")]
    [InlineData("\"policyContext\":{\"cwd\":\"file://h/x\",\"workspaceRoots\":[\"file:///C:/x\"]}")]
    public void Places_of_another_platform_that_play_no_part_are_left_out(string member)
    {
        var root = Restricted("""{"type":"special","value":{"kind":"root"}}""", "," + member);

        var sandbox = Read(root);

        Assert.Equal((null, null), (sandbox.PolicyCwd, sandbox.UserHomeDir));
        Assert.Empty(sandbox.PolicyWorkspaceRoots.Concat(sandbox.TemporaryDirectories ?? []));
    }

    internal static string Restricted(string path, string more = "") =>
        $"{{\"permissions\":{{\"type\":\"managed\",\"file_system\":{{\"type\":\"restricted\",\"entries\":[{{\"path\":{path},\"access\":\"read\"}}]}},\"network\":\"restricted\"}},\"windowsSandboxLevel\":\"disabled\"{more}}}";

    private static SandboxContext Read(string json)
    {
        Assert.True(FsReadFileParams.TryDecode(InReadFile(json), out var read, out var error), error.Message);
        return read.Sandbox!;
    }

    private static byte[] InReadFile(string json) => Wire.Utf8($"{{\"path\":\"file:///a\",\"sandbox\":{json}}}");

    private static SandboxContext InStart(string json) => Wire.Accepted<ProcessStartParams>(
        ProcessStartParams.TryDecode,
        $"{{\"processId\":\"q\",\"argv\":[\"x\"],\"sandbox\":{json},\"cwd\":\"file:///\",\"env\":{{}},\"tty\":false}}").Sandbox!;

    private static string[] Texts(IEnumerable<byte[]> paths) => [.. paths.Select(path => Wire.Text(path))];
}
