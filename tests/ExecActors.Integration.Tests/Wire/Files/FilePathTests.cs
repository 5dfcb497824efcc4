namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary>How paths may be spelled, and how they come back.</summary>
public sealed class FilePathTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("file://ROOT/a.txt")]
    [InlineData("FILE://ROOT/a.txt")]
    [InlineData("fIlE:ROOT/a.txt")]
    [InlineData("file:ROOT/a.txt")]
    [InlineData("file://localhostROOT/a.txt")]
    [InlineData("file://LOCALHOSTROOT/a.txt")]
    [InlineData("file://ROOT/d/../a.txt")]
    [InlineData("file://ROOT/d/%2e%2e/a.txt")]
    [InlineData("file://ROOT/d/.%2E/a.txt")]
    [InlineData("file://ROOT/none/../a.txt")]
    [InlineData("file://ROOT/./a.txt")]
    [InlineData("file://ROOT/%61.txt")]
    [InlineData("file://ROOT/a.txt/")]
    [InlineData("file:///../../..ROOT/a.txt")]
    public async Task A_path_has_many_spellings(string path)
    {
        Tree.File("a.txt", "hello").Directory("d");
        await ExpectAsync("fs/readFile", $$"""{"path":"{{path}}"}""", $$"""{"dataBase64":"{{Base64("hello")}}"}""");
    }

    [Fact]
    public async Task An_escaped_slash_is_a_separator()
    {
        Tree.File("d/b.txt", "b");
        await ExpectAsync("fs/readFile", """{"path":"file://ROOT/d%2Fb.txt"}""", """{"dataBase64":"Yg=="}""");
    }

    [Fact]
    public async Task An_escaped_slash_hides_no_dots()
    {
        Tree.File("d/b.txt", "b").File("a.txt", "a");
        await ExpectAsync("fs/canonicalize", """{"path":"file://ROOT/d/..%2Fa.txt"}""", """{"path":"file://ROOT/a.txt"}""");
    }

    [Fact]
    public async Task Dots_go_before_any_link_is_followed()
    {
        Tree.File("far/away/x").File("a.txt", "near").File("far/a.txt", "far").Link("link", "far/away");
        await ExpectAsync("fs/readFile", """{"path":"file://ROOT/link/../a.txt"}""", $$"""{"dataBase64":"{{Base64("near")}}"}""");
    }

    [Theory]
    [InlineData("%zz", "file://ROOT/%zz")]
    [InlineData("a b", "file://ROOT/a b")]
    [InlineData("%", "file://ROOT/%")]
    [InlineData("%4", "file://ROOT/%4")]
    [InlineData("\u00E9", "file://ROOT/\u00E9")]
    public async Task What_is_no_escape_is_taken_as_it_is(string name, string path)
    {
        Tree.File(name, "x");
        await ExpectAsync("fs/readFile", $$"""{"path":"{{path}}"}""", """{"dataBase64":"eA=="}""");
    }

    [Fact]
    public async Task A_name_that_is_no_text_can_be_named_and_comes_back()
    {
        Tree.File([.. "bad"u8, 0xFF, (byte)'%']);
        await ExpectAsync("fs/readFile", """{"path":"file://ROOT/bad%FF%25"}""", """{"dataBase64":""}""");
        await ExpectAsync("fs/canonicalize", """{"path":"file://ROOT/bad%ff%25"}""", """{"path":"file://ROOT/bad%FF%25"}""");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/bad%FF%25","force":false}""", "{}");
        Assert.Empty(Tree.Names());
    }

    [Fact]
    public async Task The_root_and_folders_have_no_slash_at_their_end()
    {
        Tree.Directory("d");
        await ExpectAsync("fs/canonicalize", """{"path":"file:///"}""", """{"path":"file:///"}""");
        await ExpectAsync("fs/canonicalize", """{"path":"file:///.."}""", """{"path":"file:///"}""");
        await ExpectAsync("fs/canonicalize", """{"path":"file://ROOT/d/"}""", """{"path":"file://ROOT/d"}""");
        await ExpectAsync("fs/canonicalize", """{"path":"file:tmp"}""", """{"path":"file:///tmp"}""");
    }

    [Fact]
    public async Task What_may_not_stand_in_a_URI_comes_back_escaped()
    {
        const string Name = " %\u00E9#?{}\"<>`\\^|~!$&'()*+,;=:@[]-._\u0001\u007F";
        Tree.File(Name, "x");
        var canonical = (string)(await ResultAsync("fs/canonicalize", $$"""{"path":"{{Tree.Uri(Name)}}"}"""))["path"]!;
        Assert.Equal(Here("file://ROOT/%20%25%C3%A9%23%3F%7B%7D%22%3C%3E%60%5C^|~!$&'()*+,;=:@[]-._%01%7F"), canonical);
        await ExpectAsync("fs/readFile", new JObject { ["path"] = canonical }.ToString(), """{"dataBase64":"eA=="}""");
    }

    [Theory]
    [InlineData("\"a.txt\"", "-32602 invalid URI: relative URL without a base")]
    [InlineData("\"\"", "-32602 invalid URI: relative URL without a base")]
    [InlineData("\"./a.txt\"", "-32602 invalid URI: relative URL without a base")]
    [InlineData("\"http://h/a\"", "-32602 unsupported path URI scheme `http`")]
    [InlineData("\"HTTPS://h/a\"", "-32602 unsupported path URI scheme `https`")]
    [InlineData("\"data:,a\"", "-32602 unsupported path URI scheme `data`")]
    [InlineData("\"file://ROOT/a.txt?x=1\"", "-32602 query parameters are not allowed in path URIs")]
    [InlineData("\"file://ROOT/a.txt?\"", "-32602 query parameters are not allowed in path URIs")]
    [InlineData("\"file://ROOT/a.txt#x\"", "-32602 fragments are not allowed in path URIs")]
    [InlineData("\"file://ROOT/a%00.txt\"", "-32602 'file://ROOT/a%00.txt' is invalid on 'linux'")]
    [InlineData("\"file://hostROOT/a.txt\"", "-32600 'file://hostROOT/a.txt' is invalid on 'linux'")]
    [InlineData("\"file:///C:/x\"", "-32600 'file:///C:/x' is invalid on 'linux'")]
    [InlineData("5", "-32602 invalid type: number, expected a string")]
    [InlineData("null", "-32602 invalid type: null, expected a string")]
    [InlineData("true", "-32602 invalid type: boolean `true`, expected a string")]
    [InlineData("[]", "-32602 invalid type: sequence, expected a string")]
    [InlineData("{}", "-32602 invalid type: map, expected a string")]
    public async Task What_is_no_path_is_refused(string path, string refusal)
    {
        Tree.File("a.txt", "x");
        foreach (var method in new[] { "fs/readFile", "fs/getMetadata", "fs/canonicalize", "fs/readDirectory", "fs/createDirectory", "fs/remove" })
        {
            await ExpectAsync(method, $$"""{"path":{{path}}}""", refusal);
        }

        await ExpectAsync("fs/copy", $$"""{"sourcePath":{{path}},"destinationPath":"file://ROOT/b","recursive":false}""", refusal);
        await ExpectAsync("fs/copy", $$"""{"sourcePath":"file://ROOT/a.txt","destinationPath":{{path}},"recursive":false}""", refusal);
        await ExpectAsync("fs/writeFile", $$"""{"path":{{path}},"dataBase64":""}""", refusal);
        await ExpectAsync("fs/open", $$"""{"handleId":"h","path":{{path}}}""", refusal);
        Assert.Equal(["a.txt"], Tree.Names());
    }

    [Theory]
    [InlineData("ROOT/a.txt", "ROOT/a.txt")]
    [InlineData("ROOT/./d/../a.txt", "ROOT/a.txt")]
    [InlineData("ROOT//a.txt", "ROOT/a.txt")]
    [InlineData("ROOT/per%20cent", "ROOT/per%2520cent")]
    [InlineData("ROOT/que?ry#", "ROOT/que%3Fry%23")]
    [Difference("plain-paths")]
    public async Task An_absolute_path_is_taken_too_and_read_as_it_is(string path, string canonical)
    {
        Tree.File("a.txt", "x").File("per%20cent").File("que?ry#").Directory("d");
        await ExpectAsync("fs/canonicalize", $$"""{"path":"{{path}}"}""", $$"""{"path":"file://{{canonical}}"}""");
    }

    [Fact]
    [Difference("plain-paths")]
    public async Task A_zero_byte_in_a_plain_path_is_refused() => await ExpectAsync("fs/readFile", """{"path":"/tmp/a\u0000b"}""", "-32602 …");
}
