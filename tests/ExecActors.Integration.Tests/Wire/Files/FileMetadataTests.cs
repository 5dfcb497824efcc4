namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/getMetadata</c> and <c>fs/canonicalize</c>.</summary>
public sealed class FileMetadataTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("file://ROOT/a.txt", """{"isDirectory":false,"isFile":true,"isSymlink":false,"size":6,"createdAtMs":"$any","modifiedAtMs":1600000000123}""")]
    [InlineData("file://ROOT/link", """{"isDirectory":false,"isFile":true,"isSymlink":true,"size":6,"createdAtMs":"$any","modifiedAtMs":1600000000123}""")]
    [InlineData("file://ROOT/d", """{"isDirectory":true,"isFile":false,"isSymlink":false,"size":"$any","createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("file://ROOT/dlink", """{"isDirectory":true,"isFile":false,"isSymlink":true,"size":"$any","createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("file://ROOT/fifo", """{"isDirectory":false,"isFile":false,"isSymlink":false,"size":0,"createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("file:///dev/null", """{"isDirectory":false,"isFile":false,"isSymlink":false,"size":0,"createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("file://ROOT/big", """{"isDirectory":false,"isFile":true,"isSymlink":false,"size":1099511627776,"createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("file://ROOT/broken", "-32004 No such file or directory (os error 2)")]
    [InlineData("file://ROOT/nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("file://ROOT/loop", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("file://ROOT/a.txt/x", "-32603 Not a directory (os error 20)")]
    public async Task Links_are_followed_and_named(string path, string outcome)
    {
        Tree.File("a.txt", "hello\n").Link("link", "a.txt").Directory("d").Link("dlink", "d").Fifo("fifo").Link("broken", "nowhere").Link("loop", "loop")
            .Sparse("big", 1L << 40);
        File.SetLastWriteTimeUtc(Tree.At("a.txt"), DateTimeOffset.FromUnixTimeMilliseconds(1_600_000_000_123).UtcDateTime);
        await ExpectAsync("fs/getMetadata", $$"""{"path":"{{path}}"}""", outcome);
    }

    [Theory]
    [InlineData("a.txt", """{"isDirectory":false,"isFile":true,"isSymlink":false,"size":6,"createdAtMs":"$any","modifiedAtMs":"$any"}""")]
    [InlineData("link", "-32600 path contains a symbolic link")]
    [InlineData("broken", "-32600 path contains a symbolic link")]
    [InlineData("dlink", "-32600 path contains a symbolic link")]
    [InlineData("dlink/b.txt", "-32603 Not a directory (os error 20)")]
    [InlineData("nope", "-32004 No such file or directory (os error 2)")]
    public async Task Links_are_refused_when_they_are_not_to_be_followed(string name, string outcome)
    {
        Tree.File("a.txt", "hello\n").Link("link", "a.txt").File("d/b.txt").Link("dlink", "d").Link("broken", "nowhere");
        await ExpectAsync("fs/getMetadata", $$"""{"path":"file://ROOT/{{name}}","followSymlinks":false}""", outcome);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("d")]
    [InlineData("link")]
    [Difference("created-at")]
    public async Task The_time_of_creation_is_real(string name)
    {
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToUnixTimeMilliseconds(); // file systems stamp with the time of their last tick
        Tree.File("a.txt").Directory("d").Link("link", "a.txt");
        File.SetLastWriteTimeUtc(Tree.At("a.txt"), DateTime.UnixEpoch);
        var created = (long)(await ResultAsync("fs/getMetadata", $$"""{"path":"file://ROOT/{{name}}"}"""))["createdAtMs"]!;
        Assert.InRange(created, before, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000);
    }

    [Fact]
    public async Task The_members_come_in_the_documented_order()
    {
        Tree.File("a.txt");
        var result = await ResultAsync("fs/getMetadata", """{"path":"file://ROOT/a.txt"}""");
        Assert.Equal(["isDirectory", "isFile", "isSymlink", "size", "createdAtMs", "modifiedAtMs"], result.Properties().Select(member => member.Name));
    }

    [Theory]
    [InlineData("link", """{"path":"file://ROOT/a.txt"}""")]
    [InlineData("dlink/b.txt", """{"path":"file://ROOT/d/b.txt"}""")]
    [InlineData("dlink/again/again/b.txt", """{"path":"file://ROOT/d/b.txt"}""")]
    [InlineData("fifo", """{"path":"file://ROOT/fifo"}""")]
    [InlineData("broken", "-32004 No such file or directory (os error 2)")]
    [InlineData("nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("loop", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("a.txt/x", "-32603 Not a directory (os error 20)")]
    public async Task A_path_is_resolved_through_all_links(string name, string outcome)
    {
        Tree.File("a.txt").Link("link", "a.txt").File("d/b.txt").Link("dlink", "d").Link("d/again", "../dlink").Fifo("fifo").Link("broken", "nowhere").Link("loop", "loop");
        await ExpectAsync("fs/canonicalize", $$"""{"path":"file://ROOT/{{name}}","followSymlinks":false}""", outcome);
    }
}
