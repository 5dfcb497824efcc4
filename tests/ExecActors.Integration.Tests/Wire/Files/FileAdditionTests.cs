namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary>What the reference server has not: <c>fs/rename</c>, <c>fs/chmod</c> and <c>"atomic": true</c>.</summary>
[Difference("fs-additions")]
public sealed class FileAdditionTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("a.txt", "new", "", "{}")]
    [InlineData("a.txt", "d/new", "", "{}")]
    [InlineData("a.txt", "old.txt", "", "{}")]
    [InlineData("a.txt", "old.txt", ""","replace":true""", "{}")]
    [InlineData("a.txt", "old.txt", ""","replace":false""", "-32603 File exists (os error 17)")]
    [InlineData("a.txt", "new", ""","replace":false""", "{}")]
    [InlineData("a.txt", "link", "", "{}")]
    [InlineData("link", "new", "", "{}")]
    [InlineData("d", "new", "", "{}")]
    [InlineData("d", "empty", "", "{}")]
    [InlineData("d", "full", "", "-32603 Directory not empty (os error 39)")]
    [InlineData("d", "a.txt", "", "-32603 Not a directory (os error 20)")]
    [InlineData("a.txt", "d", "", "-32603 Is a directory (os error 21)")]
    [InlineData("d", "d/sub/new", "", "-32600 Invalid argument (os error 22)")]
    [InlineData("nope", "new", "", "-32004 No such file or directory (os error 2)")]
    [InlineData("a.txt", "nope/new", "", "-32004 No such file or directory (os error 2)")]
    public async Task A_name_is_changed_or_the_change_refused(string source, string destination, string options, string outcome)
    {
        Tree.File("a.txt", "hello").File("old.txt", "old").Link("link", "a.txt").Directory("d/sub").Directory("empty").File("full/x");
        await ExpectAsync("fs/rename", $$"""{"sourcePath":"file://ROOT/{{source}}","destinationPath":"file://ROOT/{{destination}}"{{options}}}""", outcome);
        var done = outcome == "{}";
        Assert.Equal(!done && source != "nope", Tree.Has(source));
        if (done && source == "a.txt")
        {
            Assert.Equal("hello", Tree.Read(destination));
        }

        Assert.Equal(done && source == "link" ? "a.txt" : null, destination == "new" ? new FileInfo(Tree.At("new")).LinkTarget : null);
    }

    [Theory]
    [InlineData("""{}""", "-32602 missing field `sourcePath`")]
    [InlineData("""{"sourcePath":"file://ROOT/a"}""", "-32602 missing field `destinationPath`")]
    [InlineData("""{"sourcePath":"a","destinationPath":"file://ROOT/b"}""", "-32602 invalid URI: relative URL without a base")]
    [InlineData("""{"sourcePath":"file://ROOT/a","destinationPath":"file://ROOT/b","replace":1}""", "-32602 …")]
    public Task Params_of_a_rename_are_checked(string parameters, string refusal) => ExpectAsync("fs/rename", parameters, refusal);

    [Theory]
    [InlineData("a.txt", 0)]
    [InlineData("a.txt", 0x1ED /* 0755 */)]
    [InlineData("link", 0x180 /* 0600 */)]
    [InlineData("d", 0x3FF /* 01777 */)]
    [InlineData("a.txt", 0xFFF /* 07777 */)]
    public async Task Permission_bits_are_set(string name, int mode)
    {
        Tree.File("a.txt").Link("link", "a.txt").Directory("d");
        await ExpectAsync("fs/chmod", $$"""{"path":"file://ROOT/{{name}}","mode":{{mode}}}""", "{}");
        Assert.Equal(mode, Tree.Mode(name == "link" ? "a.txt" : name));
    }

    [Theory]
    [InlineData("""{"path":"file://ROOT/a.txt"}""", "-32602 missing field `mode`")]
    [InlineData("""{"path":"file://ROOT/a.txt","mode":-1}""", "-32602 invalid number")]
    [InlineData("""{"path":"file://ROOT/a.txt","mode":4096}""", "-32602 …")]
    [InlineData("""{"path":"file://ROOT/a.txt","mode":"0755"}""", "-32602 …")]
    [InlineData("""{"path":"file://ROOT/nope","mode":420}""", "-32004 No such file or directory (os error 2)")]
    [InlineData("""{"path":"file://ROOT/link","mode":420,"followSymlinks":false}""", "-32603 Too many levels of symbolic links (os error 40)")]
    public async Task What_cannot_be_set_is_refused(string parameters, string refusal)
    {
        Tree.File("a.txt").Link("link", "a.txt");
        Posix.SetMode(Tree.At("a.txt"), 0x180);
        await ExpectAsync("fs/chmod", parameters, refusal);
        Assert.Equal(0x180, Tree.Mode("a.txt"));
    }

    [Fact]
    public async Task An_atomic_replacement_is_seen_whole_when_it_is_closed_and_not_before()
    {
        Tree.File("f", "the old content");
        Posix.SetMode(Tree.At("f"), 0x1A0 /* 0640 */);
        await ExpectAsync("fs/open", """{"handleId":"w","path":"file://ROOT/f","mode":"replace","atomic":true}""", """{"handleId":"w"}""");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":3,"chunk":"{{Base64("new")}}"}""", "{}");
        Assert.Equal(["f"], Tree.Names());
        Assert.Equal("the old content", Tree.Read("f"));
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":0,"chunk":"{{Base64("all")}}"}""", "{}");
        await ExpectAsync("fs/close", """{"handleId":"w"}""", "{}");
        Assert.Equal(("allnew", 0x1A0), (Tree.Read("f"), Tree.Mode("f")));
        Assert.Equal(["f"], Tree.Names());
    }

    [Fact]
    public async Task An_atomic_replacement_makes_a_file_that_was_not_there_and_goes_through_links()
    {
        Tree.File("f", "old").Link("link", "f");
        foreach (var name in new[] { "new", "link" })
        {
            await ExpectAsync("fs/open", $$"""{"handleId":"w","path":"file://ROOT/{{name}}","mode":"replace","atomic":true}""", """{"handleId":"w"}""");
            Assert.False(Tree.Has("new") && name == "new");
            await ExpectAsync("fs/writeBlock", """{"handleId":"w","offset":0,"chunk":"eA=="}""", "{}");
            await ExpectAsync("fs/close", """{"handleId":"w"}""", "{}");
        }

        Assert.Equal(("x", "x", "f"), (Tree.Read("new"), Tree.Read("f"), new FileInfo(Tree.At("link")).LinkTarget));
    }

    [Fact]
    public async Task An_atomic_replacement_that_is_abandoned_or_fails_leaves_what_was_there()
    {
        Tree.File("f", "the old content");
        await using (var client = await Fixture.OpenAsync())
        {
            await client.ResultAsync("fs/open", Params("""{"handleId":"w","path":"file://ROOT/f","mode":"replace","atomic":true}"""));
            await client.ResultAsync("fs/writeBlock", Params("""{"handleId":"w","offset":0,"chunk":"eA=="}"""));
        }

        await ExpectAsync("fs/open", """{"handleId":"w","path":"file://ROOT/f","mode":"replace","atomic":true}""", """{"handleId":"w"}""");
        await ExpectAsync("fs/writeBlock", """{"handleId":"w","offset":0,"chunk":"eA=="}""", "{}");
        await ExpectAsync("fs/readBlock", """{"handleId":"w","offset":0,"len":1}""", "-32603 Bad file descriptor (os error 9)"); // which closes it
        await ExpectAsync("fs/close", """{"handleId":"w"}""", "{}");
        Assert.Equal("the old content", Tree.Read("f"));
        Assert.Equal(["f"], Tree.Names());
    }

    [Theory]
    [InlineData("d", "-32603 Is a directory (os error 21)")]
    [InlineData("nope/f", "-32004 No such file or directory (os error 2)")]
    public async Task An_atomic_replacement_is_refused_where_another_would_be(string name, string refusal)
    {
        Tree.Directory("d");
        await ExpectAsync("fs/open", $$"""{"handleId":"w","path":"file://ROOT/{{name}}","mode":"replace","atomic":true}""", refusal);
    }
}
