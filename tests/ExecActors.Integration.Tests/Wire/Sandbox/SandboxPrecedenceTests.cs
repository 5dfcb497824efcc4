using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Wire.Sandbox;

/// <summary>Which entry of a policy decides, and what a refused access looks like.</summary>
public sealed class SandboxPrecedenceTests(SandboxServer fixture) : SandboxTests(fixture), IClassFixture<SandboxServer>
{
    private static readonly string[] Paths =
        ["ws/a.txt", "ws/d/f", "ws/d/e/x", "ws/.git/config", "ws/sub/.git/config", "out/secret", "ws/escf", "ws/hard"];

    [SandboxTheory]
    [InlineData(":root=read", "rrrrrrrr")]
    [InlineData(":root=read ROOT/ws=write", "wwwrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=read", "wrrrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=read ROOT/ws/d/e=write", "wrwrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=deny", "wddrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=none", "wddrwrrw")]
    [InlineData(":root=read ROOT/ws=read ROOT/ws=write", "wwwrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws=read", "wwwrwrrw")]
    [InlineData(":root=read ROOT/ws=deny ROOT/ws=write", "dddddrdd")]
    [InlineData(":root=write", "wwwwwwww")]
    [InlineData(":root=write ROOT/ws=read", "rrrrrwwr")]
    [InlineData(":root=write ROOT/ws/d=deny", "wddwwwww")]
    [InlineData(":root=read :project_roots=write", "wwwrwrrw")]
    [InlineData(":root=read :project_roots/d=write", "rwwrrrrr")]
    [InlineData(":root=read :project_roots/../out=write", "rrrrrrrr")]
    [InlineData(":root=read :slash_tmp=write", "wwwwwwww")]
    [InlineData(":root=read :tmpdir=write", "rrrrrrrr")]
    [InlineData(":root=read :current_working_directory=write", "wwwrwrrw")]
    [InlineData(":root=read ROOT/link=write", "wwwrwrrw")]
    [InlineData(":root=read ROOT/ws/esc=write", "rrrrrwwr")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/.git=write", "wwwwwrrw")]
    [InlineData(":root=read ROOT/ws=write **/*.txt=deny", "dwwrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/**/x=deny", "wwdrwrrw")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/*.txt=none", "dwwrwrrw")]
    [InlineData(":minimal=read ROOT/ws=read", "rrrrr--r")]
    [InlineData(":minimal=read ROOT/ws/d=read", "-rr-----")]
    [InlineData("", "--------")]
    [InlineData(":minimal=read", "--------")]
    [InlineData(":minimal=read ROOT/ws=write", "wwwrw--w")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/a.txt=read", "rwwrwrrw")]
    [InlineData(":root=read ROOT/none=write", "rrrrrrrr")]
    [InlineData("ROOT/ws=read", "rrrrr--r")]
    public Task The_more_specific_entry_decides(string entries, string access) => ExpectAccessAsync(entries, access);

    [SandboxTheory]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=deny ROOT/ws/d/e=write", "wdwrwrrw")]
    [InlineData(":root=read ROOT/ws=deny ROOT/ws/d=read", "drrddrdd")]
    [InlineData(":root=read ROOT/ws=write ROOT/ws/d=deny ROOT/ws/d/e=read", "wdrrwrrw")]
    [Difference("opened-below-denied")]
    public Task What_is_opened_below_something_denied_opens_nothing_else(string entries, string access) => ExpectAccessAsync(entries, access);

    [SandboxTheory]
    [InlineData("ws/new")]
    [InlineData("ws/d/new")]
    [InlineData("link/new")]
    public async Task New_files_are_made_where_writing_is_granted(string path)
    {
        await ExpectUnderAsync(Workspace, "fs/writeFile", $$"""{"path":"file://ROOT/{{path}}","dataBase64":"eA=="}""", "{}");
        Assert.Equal("x", Tree.Read(path));
    }

    [SandboxTheory]
    [InlineData("out/new")]
    [InlineData("ws/esc/new")]
    [InlineData("ws/../out/new")]
    [InlineData("ws/.git/new")]
    [InlineData("new")]
    public async Task New_files_are_refused_elsewhere(string path)
    {
        await ExpectUnderAsync(Workspace, "fs/writeFile", $$"""{"path":"file://ROOT/{{path}}","dataBase64":"eA=="}""", ReadOnly);
        await ExpectUnderAsync(Workspace, "fs/createDirectory", $$"""{"path":"file://ROOT/{{path}}"}""", ReadOnly);
        await ExpectUnderAsync(Workspace, "fs/open", $$"""{"handleId":"h","path":"file://ROOT/{{path}}","mode":"replace"}""", ReadOnly);
        await ExpectUnderAsync(Workspace, "fs/copy", $$"""{"sourcePath":"file://ROOT/ws/a.txt","destinationPath":"file://ROOT/{{path}}","recursive":false}""", ReadOnly);
        Assert.False(Tree.Has(path));
    }

    [SandboxFact]
    public async Task A_path_that_is_not_there_cannot_be_made_by_being_granted()
    {
        await ExpectUnderAsync(":root=read ROOT/missing=write", "fs/createDirectory", """{"path":"file://ROOT/missing"}""", ReadOnly);
        await ExpectUnderAsync(":root=read ROOT/missing=write", "fs/writeFile", """{"path":"file://ROOT/missing","dataBase64":""}""", ReadOnly);
        Assert.False(Tree.Has("missing"));
    }

    [SandboxTheory]
    [InlineData("fs/getMetadata", "{}")]
    [InlineData("fs/readDirectory", "{}")]
    [InlineData("fs/canonicalize", "{}")]
    [InlineData("fs/walk", """{"options":{"maxDepth":1,"maxDirectories":9,"maxEntries":9,"followDirectorySymlinks":true}}""")]
    public async Task A_place_that_is_not_granted_is_not_there(string method, string members)
    {
        foreach (var path in new[] { "out", "ws/esc", "ws/esc/secret" }.Where(path => method is "fs/canonicalize" or "fs/getMetadata" || !path.EndsWith("secret", StringComparison.Ordinal)))
        {
            var parameters = JObject.Parse(members);
            parameters["path"] = Tree.Uri(path);
            await ExpectUnderAsync(Restricted, method, parameters.ToString(), Absent);
        }
    }

    [SandboxFact]
    [Difference("ungranted-parents")]
    public async Task The_folders_above_what_is_granted_are_not_there_either()
    {
        await ExpectUnderAsync(Restricted, "fs/getMetadata", """{"path":"file://ROOT"}""", Absent);
        await ExpectUnderAsync(Restricted, "fs/readDirectory", """{"path":"file://ROOT"}""", Absent);
        await ExpectUnderAsync(Restricted, "fs/canonicalize", """{"path":"file://ROOT/ws"}""", """{"path":"file://ROOT/ws"}""");
    }

    [SandboxFact]
    [Difference("lost-writes")]
    public async Task A_write_that_would_be_lost_is_refused()
    {
        await ExpectUnderAsync(Restricted, "fs/writeFile", """{"path":"file://ROOT/out","dataBase64":"eA=="}""", Absent);
        await ExpectUnderAsync(Restricted, "fs/createDirectory", """{"path":"file://ROOT/out/new"}""", Absent);
        await ExpectUnderAsync(Restricted, "fs/writeFile", """{"path":"file://ROOT/ws/esc","dataBase64":"eA=="}""", ReadOnly);
    }

    [SandboxFact]
    public async Task The_systems_own_files_are_readable_under_minimal()
    {
        await ExpectUnderAsync(":minimal=read", "fs/readFile", """{"path":"file:///etc/passwd"}""", """{"dataBase64":"$any"}""");
        await ExpectUnderAsync(":minimal=read", "fs/getMetadata", """{"path":"file:///usr/bin"}""", """
            {"isDirectory":true,"isFile":false,"isSymlink":false,"size":"$any","createdAtMs":"$any","modifiedAtMs":"$any"}
            """);
        await ExpectUnderAsync(":minimal=read", "fs/writeFile", """{"path":"file:///etc/passwd","dataBase64":""}""", ReadOnly);
    }

    [SandboxTheory]
    [InlineData("""{"type":"disabled"}""")]
    [InlineData("""{"type":"external","network":"restricted"}""")]
    [InlineData("""{"type":"external","network":"enabled"}""")]
    [InlineData("""{"type":"managed","file_system":{"type":"unrestricted"},"network":"restricted"}""")]
    public async Task Profiles_that_leave_the_files_alone_refuse_nothing(string permissions)
    {
        var sandbox = Sandbox(JObject.Parse(permissions));
        await ExpectUnderAsync(sandbox, "fs/readFile", """{"path":"file://ROOT/out/secret"}""", """{"dataBase64":"Uw=="}""");
        await ExpectUnderAsync(sandbox, "fs/writeFile", """{"path":"file://ROOT/ws/.git/config","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(sandbox, "fs/remove", """{"path":"file://ROOT/out"}""", "{}");
        Assert.Equal(("x", false), (Tree.Read("ws/.git/config"), Tree.Has("out")));
    }

    /// <summary>Reads and writes each of the paths.</summary>
    /// <param name="entries">The policy.</param>
    /// <param name="access">Of each path: <c>w</c> readable and writable, <c>r</c> readable, <c>d</c> denied, <c>-</c> absent.</param>
    private async Task ExpectAccessAsync(string entries, string access)
    {
        foreach (var (path, expected) in Paths.Zip(access))
        {
            var content = File.ReadAllText(Tree.At(path));
            await ExpectUnderAsync(entries, "fs/readFile", $$"""{"path":"file://ROOT/{{path}}"}""", expected switch
            {
                'w' or 'r' => $$"""{"dataBase64":"{{Base64(content)}}"}""",
                'd' => Denied,
                _ => Absent,
            });
            await ExpectUnderAsync(entries, "fs/writeFile", $$"""{"path":"file://ROOT/{{path}}","dataBase64":"{{Base64("new")}}"}""", expected switch
            {
                'w' => "{}",
                'r' => ReadOnly,
                'd' when IsFileDenied(entries) && ServerUnderTest.IsReference => ReadOnly,
                'd' => Denied,
                _ => Absent,
            });
            Assert.Equal(expected == 'w' ? "new" : content, File.ReadAllText(Tree.At(path)));
            Tree.Rewrite(path, content);
        }
    }

    private static bool IsFileDenied(string entries) => entries.Contains('*', StringComparison.Ordinal);
}
