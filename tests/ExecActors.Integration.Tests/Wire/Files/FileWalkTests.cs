using System.Globalization;

namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/walk</c>.</summary>
public sealed class FileWalkTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    private const string All = "D10 N100 E1000";

    [Theory]
    [InlineData("", All, ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", All + " follow", ".dot .hid/ a.txt d/ dlink/ .hid/x d/sub/ d/up/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", All + " prune", ".dot .hid/ a.txt d/ d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", "D0 N100 E1000", ".dot .hid/ a.txt d/")]
    [InlineData("", "D1 N100 E1000", ".dot .hid/ a.txt d/ .hid/x d/sub/")]
    [InlineData("", "D2 N100 E1000", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", "D10 N1 E1000", ".dot .hid/ a.txt d/ truncated")]
    [InlineData("", "D10 N2 E1000", ".dot .hid/ a.txt d/ .hid/x truncated")]
    [InlineData("", "D10 N5 E1000", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", "D10 N4 E1000", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/ truncated")]
    [InlineData("", "D10 N100 E2", ".dot .hid/ truncated")]
    [InlineData("", "D10 N100 E4", ".dot .hid/ a.txt d/ truncated")]
    [InlineData("", "D10 N100 E7", ".dot .hid/ a.txt d/ truncated")]
    [InlineData("", "D10 N100 E8", ".dot .hid/ a.txt d/ .hid/x truncated")]
    [InlineData("", "D10 N100 E11", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt truncated")]
    [InlineData("", "D10 N100 E12", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("", "D64 N10000 E50000", ".dot .hid/ a.txt d/ .hid/x d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("/d", All, "d/sub/ d/sub/b.txt d/sub/deep/")]
    [InlineData("/a.txt", All, "")]
    [InlineData("/fifo", All, "")]
    [InlineData("/dlink", All, "")]
    [InlineData("/dlink", All + " follow", "dlink/sub/ dlink/up/ dlink/sub/b.txt dlink/sub/deep/ dlink/up/.dot dlink/up/.hid/ dlink/up/a.txt dlink/up/d/ dlink/up/dlink/ dlink/up/.hid/x")]
    public async Task A_tree_is_walked_breadth_first_and_sorted(string root, string options, string expected)
    {
        Tree.File(".dot").File(".hid/x").File("a.txt").File("d/sub/b.txt").Directory("d/sub/deep").Link("d/up", "..").Link("dlink", "d").Link("link", "a.txt")
            .Link("broken", "nowhere").Fifo("fifo");
        var result = await ResultAsync("fs/walk", $$"""{"path":"file://ROOT{{root}}","options":{{Options(options)}}}""");
        Assert.Equal(["entries", "errors", "truncated"], result.Properties().Select(member => member.Name));
        Assert.Empty(result["errors"]!);
        var entries = result["entries"]!.Select(entry =>
        {
            Assert.Equal(["path", "kind"], ((JObject)entry).Properties().Select(member => member.Name));
            return ((string)entry["path"]!)[Here("file://ROOT/").Length..] + ((string?)entry["kind"] == "directory" ? "/" : "");
        });
        Assert.Equal(expected, string.Join(' ', (bool)result["truncated"]! ? entries.Append("truncated") : entries));
    }

    [Theory]
    [InlineData("file://ROOT/nope", All, "-32004 No such file or directory (os error 2)")]
    [InlineData("file://ROOT", "D10 N0 E1000", "-32600 filesystem walk limits must be greater than zero")]
    [InlineData("file://ROOT", "D10 N100 E0", "-32600 filesystem walk limits must be greater than zero")]
    [InlineData("file://ROOT", "D65 N100 E1000", "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData("file://ROOT", "D10 N10001 E1000", "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData("file://ROOT", "D10 N100 E50001", "-32600 filesystem walk limits exceed maximums: depth=64, directories=10000, entries=50000")]
    [InlineData("file://ROOT/nope", "D10 N0 E1000", "-32600 filesystem walk limits must be greater than zero")]
    public async Task What_cannot_be_walked_is_refused(string path, string options, string refusal) =>
        await ExpectAsync("fs/walk", $$"""{"path":"{{path}}","options":{{Options(options)}}}""", refusal);

    [Fact]
    public async Task A_name_that_is_no_text_is_an_error_of_the_walk()
    {
        Tree.File("a").File([.. "bad"u8, 0xFF]).File("z");
        await ExpectAsync(
            "fs/walk",
            $$"""{"path":"file://ROOT","options":{{Options(All)}}}""",
            """
            {"entries":[{"path":"file://ROOT/a","kind":"file"},{"path":"file://ROOT/z","kind":"file"}],
             "errors":[{"path":"file://ROOT/bad%EF%BF%BD","message":"No such file or directory (os error 2)"}],"truncated":false}
            """);
    }

    [Fact]
    public async Task Hidden_folders_are_walked_unless_asked_otherwise()
    {
        Tree.File(".hid/x");
        await ExpectAsync(
            "fs/walk",
            """{"path":"file://ROOT","options":{"maxDepth":1,"maxDirectories":5,"maxEntries":5,"followDirectorySymlinks":false}}""",
            """{"entries":[{"path":"file://ROOT/.hid","kind":"directory"},{"path":"file://ROOT/.hid/x","kind":"file"}],"errors":[],"truncated":false}""");
    }

    [Fact]
    public async Task Ten_thousand_entries_come_in_one_answer()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Tree.File($"{i / 100:00}/{i % 100:00}");
        }

        var result = await ResultAsync("fs/walk", $$"""{"path":"file://ROOT","options":{{Options("D3 N10000 E50000")}}}""");
        Assert.Equal(10_100, result["entries"]!.Select(entry => (string)entry["path"]!).Distinct().Count());
        Assert.False((bool)result["truncated"]!);
    }

    private static string Options(string text)
    {
        var words = text.Split(' ');
        var options = new JObject
        {
            ["maxDepth"] = int.Parse(words[0][1..], CultureInfo.InvariantCulture),
            ["maxDirectories"] = int.Parse(words[1][1..], CultureInfo.InvariantCulture),
            ["maxEntries"] = int.Parse(words[2][1..], CultureInfo.InvariantCulture),
            ["followDirectorySymlinks"] = words.Contains("follow"),
            ["pruneHiddenDirectories"] = words.Contains("prune"),
        };
        return options.ToString(Newtonsoft.Json.Formatting.None);
    }
}
