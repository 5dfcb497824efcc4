namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/createDirectory</c> and <c>fs/readDirectory</c>.</summary>
public sealed class FileDirectoryTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("new", "", "{}")]
    [InlineData("x/y/z", "", "{}")]
    [InlineData("x/y/z", ""","recursive":true""", "{}")]
    [InlineData("x/y/z", ""","recursive":null""", "{}")]
    [InlineData("d", "", "{}")]
    [InlineData("dlink", "", "{}")]
    [InlineData("dlink/n", "", "{}")]
    [InlineData("new", ""","recursive":false""", "{}")]
    [InlineData("d", ""","recursive":false""", "-32603 File exists (os error 17)")]
    [InlineData("dlink", ""","recursive":false""", "-32603 File exists (os error 17)")]
    [InlineData("x/y", ""","recursive":false""", "-32004 No such file or directory (os error 2)")]
    [InlineData("a.txt", "", "-32603 File exists (os error 17)")]
    [InlineData("a.txt", ""","recursive":false""", "-32603 File exists (os error 17)")]
    [InlineData("a.txt/x", "", "-32603 Not a directory (os error 20)")]
    [InlineData("a.txt/x/y", "", "-32603 Not a directory (os error 20)")]
    [InlineData("broken", "", "-32603 File exists (os error 17)")]
    [InlineData("m/n", ""","followSymlinks":false""", "{}")]
    [InlineData("d", ""","followSymlinks":false""", "{}")]
    [InlineData("dlink", ""","followSymlinks":false""", "-32603 Not a directory (os error 20)")]
    [InlineData("dlink/n", ""","followSymlinks":false""", "-32603 Not a directory (os error 20)")]
    [InlineData("dlink/n", ""","followSymlinks":false,"recursive":false""", "-32603 Not a directory (os error 20)")]
    public async Task A_folder_is_made_or_refused(string name, string options, string outcome)
    {
        Tree.File("a.txt").Directory("d").Link("dlink", "d").Link("broken", "nowhere");
        await ExpectAsync("fs/createDirectory", $$"""{"path":"file://ROOT/{{name}}"{{options}}}""", outcome);
        Assert.True(outcome == "{}" == Directory.Exists(Tree.At(name)) || outcome.Contains("File exists") || name == "dlink", name);
        Assert.False(Tree.Has("nowhere"));
    }

    [Fact]
    public async Task A_folder_is_listed_with_what_its_links_lead_to()
    {
        Tree.File("d/a.txt").Directory("d/sub").Link("d/link", "a.txt").Link("d/dlink", "sub").Fifo("d/fifo").File("d/.hidden");
        Assert.Equal(
            [
                """{"fileName":".hidden","isDirectory":false,"isFile":true}""", """{"fileName":"a.txt","isDirectory":false,"isFile":true}""",
                """{"fileName":"dlink","isDirectory":true,"isFile":false}""", """{"fileName":"fifo","isDirectory":false,"isFile":false}""",
                """{"fileName":"link","isDirectory":false,"isFile":true}""", """{"fileName":"sub","isDirectory":true,"isFile":false}""",
            ],
            await EntriesAsync("d"));
    }

    [Fact]
    [Difference("dangling-links")]
    public async Task Links_that_lead_nowhere_are_listed_as_neither()
    {
        Tree.Directory("d").Link("d/broken", "nowhere").Link("d/loop", "loop");
        Assert.Equal(
            ["""{"fileName":"broken","isDirectory":false,"isFile":false}""", """{"fileName":"loop","isDirectory":false,"isFile":false}"""],
            await EntriesAsync("d"));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_as_the_replacement_character()
    {
        Tree.File([.. "bad"u8, 0xFF, (byte)'x']).File([0xC3, 0xA9]);
        Assert.Equal(["bad\uFFFDx", "\u00E9"], (await ResultAsync("fs/readDirectory", """{"path":"file://ROOT"}"""))["entries"]!.Select(entry => (string)entry["fileName"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_link_to_a_folder_is_listed_and_a_folder_may_be_empty_or_full()
    {
        Tree.Directory("d").Link("dlink", "d");
        await ExpectAsync("fs/readDirectory", """{"path":"file://ROOT/dlink"}""", """{"entries":[]}""");
        for (var i = 0; i < 5000; i++)
        {
            Tree.File($"d/{i}");
        }

        Assert.Equal(5000, (await EntriesAsync("dlink")).Distinct().Count());
    }

    [Theory]
    [InlineData("a.txt", "-32603 Not a directory (os error 20)")]
    [InlineData("fifo", "-32603 Not a directory (os error 20)")]
    [InlineData("nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("loop", "-32603 Too many levels of symbolic links (os error 40)")]
    public async Task What_is_no_folder_is_refused(string name, string refusal)
    {
        Tree.File("a.txt").Fifo("fifo").Link("loop", "loop");
        await ExpectAsync("fs/readDirectory", $$"""{"path":"file://ROOT/{{name}}"}""", refusal);
    }

    private async Task<IReadOnlyList<string>> EntriesAsync(string name) =>
    [
        .. (await ResultAsync("fs/readDirectory", $$"""{"path":"file://ROOT/{{name}}"}"""))["entries"]!
            .Select(entry => entry.ToString(Newtonsoft.Json.Formatting.None)).Order(StringComparer.Ordinal),
    ];
}
