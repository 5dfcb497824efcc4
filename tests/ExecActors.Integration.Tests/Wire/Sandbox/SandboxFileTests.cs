using ExecActors.Testing;

namespace ExecActors.Integration.Tests.Wire.Sandbox;

/// <summary>File methods under a policy, beyond which path it grants.</summary>
public sealed class SandboxFileTests(SandboxServer fixture) : SandboxTests(fixture), IClassFixture<SandboxServer>
{
    [SandboxFact]
    public async Task Every_method_works_where_it_is_granted()
    {
        await ExpectUnderAsync(Workspace, "fs/createDirectory", """{"path":"file://ROOT/ws/new/sub"}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/new/f","dataBase64":"eHk="}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/copy", """{"sourcePath":"file://ROOT/ws/new","destinationPath":"file://ROOT/ws/copy","recursive":true}""", "{}");
        await ExpectUnderAsync(Workspace, "fs/remove", """{"path":"file://ROOT/ws/new"}""", "{}");
        const string Policy = ":minimal=read ROOT/ws=write";
        await ExpectUnderAsync(Policy, "fs/readFile", """{"path":"file://ROOT/ws/copy/f"}""", """{"dataBase64":"eHk="}""");
        await ExpectUnderAsync(Policy, "fs/getMetadata", """{"path":"file://ROOT/ws/copy/f"}""", """
            {"isDirectory":false,"isFile":true,"isSymlink":false,"size":2,"createdAtMs":"$any","modifiedAtMs":"$any"}
            """);
        await ExpectUnderAsync(Policy, "fs/readDirectory", """{"path":"file://ROOT/ws/d/e"}""", """{"entries":[{"fileName":"x","isDirectory":false,"isFile":true}]}""");
        await ExpectUnderAsync(Policy, "fs/canonicalize", """{"path":"file://ROOT/ws/d/../copy/sub"}""", """{"path":"file://ROOT/ws/copy/sub"}""");
        await ExpectUnderAsync(
            Policy, "fs/walk", """{"path":"file://ROOT/ws/copy","options":{"maxDepth":3,"maxDirectories":9,"maxEntries":9,"followDirectorySymlinks":false}}""",
            """{"entries":[{"path":"file://ROOT/ws/copy/f","kind":"file"},{"path":"file://ROOT/ws/copy/sub","kind":"directory"}],"errors":[],"truncated":false}""");
        Assert.Equal(["f", "sub"], Tree.Names("ws/copy"));
    }

    [SandboxFact]
    public async Task Errors_are_those_of_the_method_itself()
    {
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/none/f","dataBase64":""}""", Absent);
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/d","dataBase64":""}""", "-32603 Is a directory (os error 21)");
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/f","dataBase64":"!"}""", "-32600 fs/writeFile requires valid base64 dataBase64: Invalid symbol 33, offset 0.");
        await ExpectUnderAsync(Workspace, "fs/createDirectory", """{"path":"file://ROOT/ws/d","recursive":false}""", "-32603 File exists (os error 17)");
        await ExpectUnderAsync(Workspace, "fs/remove", """{"path":"file://ROOT/ws/d","recursive":false}""", "-32603 Directory not empty (os error 39)");
        await ExpectUnderAsync(Restricted, "fs/readFile", """{"path":"file://ROOT/ws/d"}""", "-32600 path `ROOT/ws/d` is not a file");
        await ExpectUnderAsync(Restricted, "fs/readDirectory", """{"path":"file://ROOT/ws/a.txt"}""", "-32603 Not a directory (os error 20)");
        await ExpectUnderAsync(Restricted, "fs/getMetadata", """{"path":"file://ROOT/ws/escf","followSymlinks":false}""", "-32600 path contains a symbolic link");
    }

    [SandboxFact]
    public async Task A_file_keeps_its_inode_when_it_is_written_and_a_hard_link_leads_out()
    {
        await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/hard","dataBase64":"eA=="}""", "{}");
        Assert.Equal("x", Tree.Read("out/secret"));
    }

    [SandboxFact]
    public async Task Links_out_of_the_workspace_can_be_removed_and_copied_as_links()
    {
        await ExpectUnderAsync(Workspace, "fs/copy", """{"sourcePath":"file://ROOT/ws/escf","destinationPath":"file://ROOT/ws/copied","recursive":false}""", "{}");
        Assert.Equal("../out/secret", new FileInfo(Tree.At("ws/copied")).LinkTarget);
        await ExpectUnderAsync(Workspace, "fs/remove", """{"path":"file://ROOT/ws/esc","force":false}""", "{}");
        Assert.Equal((false, "S"), (Tree.Has("ws/esc"), Tree.Read("out/secret")));
    }

    [SandboxTheory]
    [InlineData("ws")]
    [InlineData("ws/.git")]
    [InlineData("ws/.git/config")]
    [InlineData("out")]
    [InlineData("out/secret")]
    public async Task What_is_not_granted_cannot_be_removed(string path)
    {
        await ExpectUnderAsync(Workspace, "fs/remove", $$"""{"path":"file://ROOT/{{path}}"}""", ReadOnly);
        Assert.True(Tree.Has("ws/.git/config") && Tree.Has("out/secret"));
    }

    [SandboxFact]
    [Difference("protected-names")]
    public async Task The_protected_names_cannot_be_made_either()
    {
        foreach (var name in new[] { ".codex", ".agents" })
        {
            await ExpectUnderAsync(Workspace, "fs/createDirectory", $$"""{"path":"file://ROOT/ws/{{name}}"}""", ReadOnly);
            await ExpectUnderAsync(Workspace, "fs/createDirectory", $$"""{"path":"file://ROOT/ws/{{name}}/x"}""", ReadOnly);
            await ExpectUnderAsync(Workspace, "fs/writeFile", $$"""{"path":"file://ROOT/ws/{{name}}","dataBase64":""}""", ReadOnly);
            await ExpectUnderAsync(Workspace, "fs/copy", $$"""{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/{{name}}","recursive":true}""", ReadOnly);
            await ExpectUnderAsync(Workspace, "fs/rename", $$"""{"sourcePath":"file://ROOT/ws/d","destinationPath":"file://ROOT/ws/{{name}}"}""", ReadOnly);
            Assert.False(Tree.Has($"ws/{name}"));
        }
    }

    [SandboxFact]
    public async Task A_handle_is_checked_when_it_is_opened_and_free_afterwards()
    {
        await ExpectUnderAsync(Restricted, "fs/open", """{"handleId":"r","path":"file://ROOT/ws/a.txt"}""", """{"handleId":"r"}""");
        await ExpectUnderAsync(Restricted, "fs/open", """{"handleId":"x","path":"file://ROOT/out/secret"}""", Absent);
        await ExpectUnderAsync(Workspace, "fs/open", """{"handleId":"w","path":"file://ROOT/ws/new","mode":"replace"}""", """{"handleId":"w"}""");
        await ExpectUnderAsync(Workspace, "fs/open", """{"handleId":"y","path":"file://ROOT/out/new","mode":"replace"}""", ReadOnly);
        await ExpectAsync("fs/readBlock", """{"handleId":"r","offset":0,"len":9}""", """{"chunk":"QQ==","eof":true}""");
        await ExpectAsync("fs/writeBlock", """{"handleId":"w","offset":0,"chunk":"aGk="}""", "{}");
        await ExpectAsync("fs/writeBlock", """{"handleId":"r","offset":0,"chunk":"aGk="}""", "-32603 Bad file descriptor (os error 9)");
        await ExpectAsync("fs/readBlock", """{"handleId":"x","offset":0,"len":9}""", "-32004 unknown file handle `x`");
        Assert.Equal("hi", Tree.Read("ws/new"));
    }

    [SandboxFact]
    public async Task Large_files_pass()
    {
        var content = new byte[9_000_000];
        new Random(9).NextBytes(content);
        var write = new JObject { ["path"] = Tree.Uri("ws/big"), ["dataBase64"] = Convert.ToBase64String(content), ["sandbox"] = Sandbox(Workspace) };
        await Client.ResultAsync("fs/writeFile", write);
        Assert.True((await File.ReadAllBytesAsync(Tree.At("ws/big"))).AsSpan().SequenceEqual(content));
        var read = new JObject { ["path"] = Tree.Uri("ws/big"), ["sandbox"] = Sandbox(Restricted) };
        Assert.True(Convert.FromBase64String((string)(await Client.ResultAsync("fs/readFile", read))["dataBase64"]!).AsSpan().SequenceEqual(content));
    }

    [SandboxFact]
    public async Task A_later_policy_is_not_that_of_an_earlier_request()
    {
        for (var i = 0; i < 3; i++)
        {
            await ExpectUnderAsync(Workspace, "fs/writeFile", """{"path":"file://ROOT/ws/a.txt","dataBase64":"QQ=="}""", "{}");
            await ExpectUnderAsync(":root=read", "fs/writeFile", """{"path":"file://ROOT/ws/a.txt","dataBase64":"eA=="}""", ReadOnly);
            await ExpectUnderAsync(Restricted, "fs/readFile", """{"path":"file://ROOT/out/secret"}""", Absent);
            await ExpectUnderAsync(":root=read ROOT/ws/a.txt=deny", "fs/readFile", """{"path":"file://ROOT/ws/a.txt"}""", Denied);
            await ExpectAsync("fs/readFile", """{"path":"file://ROOT/ws/a.txt"}""", """{"dataBase64":"QQ=="}""");
        }
    }

    [SandboxFact]
    public async Task What_appears_meanwhile_is_protected_and_patterns_see_it()
    {
        const string Policy = ":root=read ROOT/ws=write **/*.env=deny";
        await ExpectUnderAsync(Policy, "fs/writeFile", """{"path":"file://ROOT/ws/a.txt","dataBase64":"QQ=="}""", "{}");
        Tree.File("ws/.codex/config", "c").File("ws/d/late.env", "secret");
        await ExpectUnderAsync(Policy, "fs/writeFile", """{"path":"file://ROOT/ws/.codex/config","dataBase64":"eA=="}""", ReadOnly);
        await ExpectUnderAsync(Policy, "fs/readFile", """{"path":"file://ROOT/ws/d/late.env"}""", Denied);
        Assert.Equal("c", Tree.Read("ws/.codex/config"));
    }

    [SandboxTheory]
    [InlineData("noOverride")]
    [InlineData("escalatedSandboxWithRestrictions")]
    [InlineData("bypassSandboxFirstAttempt")]
    public async Task An_override_opens_nothing(string value)
    {
        var sandbox = Sandbox(Workspace);
        sandbox["sandboxOverride"] = value;
        await ExpectUnderAsync(sandbox, "fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""", ReadOnly);
    }

    [SandboxFact]
    [Difference("legacy-landlock")]
    public async Task The_old_word_for_Landlock_changes_nothing()
    {
        var sandbox = Sandbox(Workspace);
        sandbox["useLegacyLandlock"] = true;
        await ExpectUnderAsync(sandbox, "fs/writeFile", """{"path":"file://ROOT/ws/new","dataBase64":"eA=="}""", "{}");
        await ExpectUnderAsync(sandbox, "fs/writeFile", """{"path":"file://ROOT/out/new","dataBase64":"eA=="}""", ReadOnly);
    }
}
