using System.Security.Cryptography;

namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/writeFile</c>.</summary>
public sealed class FileWriteTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300_000)]
    [InlineData(8_000_000)]
    public async Task A_file_is_made_with_these_bytes(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        await Client.ResultAsync("fs/writeFile", new JObject { ["path"] = Tree.Uri("f"), ["dataBase64"] = Convert.ToBase64String(content) });
        Assert.True((await File.ReadAllBytesAsync(Tree.At("f"))).AsSpan().SequenceEqual(content));
    }

    [Fact]
    public async Task A_file_that_is_there_keeps_its_inode_its_mode_and_its_other_names()
    {
        Tree.File("a", "a longer text").HardLink("b", "a");
        Posix.SetMode(Tree.At("a"), 0x181 /* 0601 */);
        await ExpectAsync("fs/writeFile", """{"path":"file://ROOT/a","dataBase64":"eA=="}""", "{}");
        Assert.Equal("x", Tree.Read("b"));
        Assert.Equal(0x181 /* 0601 */, Tree.Mode("a"));
    }

    [Fact]
    public async Task Links_are_written_through_dangling_ones_too()
    {
        Tree.File("a", "old").Link("link", "a").Link("broken", "made");
        await ExpectAsync("fs/writeFile", """{"path":"file://ROOT/link","dataBase64":"eA=="}""", "{}");
        await ExpectAsync("fs/writeFile", """{"path":"file://ROOT/broken","dataBase64":"eQ=="}""", "{}");
        Assert.Equal(("x", "y"), (Tree.Read("a"), Tree.Read("made")));
        Assert.NotNull(new FileInfo(Tree.At("broken")).LinkTarget);
    }

    [Theory]
    [InlineData("nodir/x", "-32004 No such file or directory (os error 2)")]
    [InlineData("d", "-32603 Is a directory (os error 21)")]
    [InlineData("dlink", "-32603 Is a directory (os error 21)")]
    [InlineData("a/x", "-32603 Not a directory (os error 20)")]
    [InlineData("loop", "-32603 Too many levels of symbolic links (os error 40)")]
    public async Task What_cannot_be_written_is_refused(string name, string refusal)
    {
        Tree.File("a", "old").Directory("d").Link("dlink", "d").Link("loop", "loop");
        await ExpectAsync("fs/writeFile", $$"""{"path":"file://ROOT/{{name}}","dataBase64":"eA=="}""", refusal);
        Assert.Equal("old", Tree.Read("a"));
        Assert.Equal(["a", "d", "dlink", "loop"], Tree.Names());
    }

    [Theory]
    [InlineData("!!!", "Invalid symbol 33, offset 0.")]
    [InlineData("aGVs bG8=", "Invalid symbol 32, offset 4.")]
    [InlineData("_-8=", "Invalid symbol 95, offset 0.")]
    [InlineData("aGVsbG8", "Invalid padding")]
    [InlineData("aGVsbG8==", "Invalid symbol 61, offset 7.")]
    [InlineData("aGVsbG9=", "Invalid last symbol 57, offset 6.")]
    [InlineData("eA==eA==", "Invalid symbol 61, offset 2.")]
    public async Task Base64_is_strict_and_bad_base64_touches_nothing(string data, string reason)
    {
        Tree.File("old", "old");
        var refusal = $"-32600 fs/writeFile requires valid base64 dataBase64: {reason}";
        await ExpectAsync("fs/writeFile", $$"""{"path":"file://ROOT/old","dataBase64":"{{data}}"}""", refusal);
        await ExpectAsync("fs/writeFile", $$"""{"path":"file://ROOT/new","dataBase64":"{{data}}"}""", refusal);
        Assert.Equal("old", Tree.Read("old"));
        Assert.Equal(["old"], Tree.Names());
    }

    [Fact]
    public async Task A_flaw_far_into_a_large_file_touches_nothing_either()
    {
        Tree.File("old", "old");
        var data = Convert.ToBase64String(new byte[3_000_000]);
        await ExpectAsync(
            "fs/writeFile",
            $$"""{"path":"file://ROOT/old","dataBase64":"{{data[..^4]}}*AAA"}""",
            $"-32600 fs/writeFile requires valid base64 dataBase64: Invalid symbol 42, offset {data.Length - 4}.");
        Assert.Equal("old", Tree.Read("old"));
    }

    [Theory]
    [InlineData("link", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("broken", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("dlink/x", "-32603 Not a directory (os error 20)")]
    [InlineData("fresh", "{}")]
    [InlineData("d/fresh", "{}")]
    public async Task Links_are_refused_when_they_are_not_to_be_followed(string name, string outcome)
    {
        Tree.File("a", "old").Link("link", "a").Link("broken", "made").Directory("d").Link("dlink", "d");
        await ExpectAsync("fs/writeFile", $$"""{"path":"file://ROOT/{{name}}","dataBase64":"eA==","followSymlinks":false}""", outcome);
        Assert.Equal("old", Tree.Read("a"));
        Assert.False(Tree.Has("made"));
    }
}
