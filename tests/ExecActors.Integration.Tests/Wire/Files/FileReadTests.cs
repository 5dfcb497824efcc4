using System.Net.Sockets;
using System.Security.Cryptography;

namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/readFile</c>.</summary>
public sealed class FileReadTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    private const int LargestFile = 536_870_912;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(300_000)]
    [InlineData(10_000_000)]
    public async Task A_file_comes_back_whole(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        await File.WriteAllBytesAsync(Tree.At("f"), content);
        var result = await ResultAsync("fs/readFile", """{"path":"file://ROOT/f","sandbox":null}""");
        Assert.Equal(["dataBase64"], result.Properties().Select(member => member.Name));
        Assert.True(Convert.FromBase64String((string)result["dataBase64"]!).AsSpan().SequenceEqual(content));
    }

    [Theory]
    [InlineData("file://ROOT/nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("file://ROOT/broken", "-32004 No such file or directory (os error 2)")]
    [InlineData("file://ROOT/d", "-32600 path `ROOT/d` is not a file")]
    [InlineData("file://ROOT/dlink", "-32600 path `ROOT/dlink` is not a file")]
    [InlineData("file://ROOT/fifo", "-32600 path `ROOT/fifo` is not a file")]
    [InlineData("file:///dev/null", "-32600 path `/dev/null` is not a file")]
    [InlineData("file://ROOT/a.txt/x", "-32603 Not a directory (os error 20)")]
    [InlineData("file://ROOT/loop", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("file://ROOT/big", "-32600 file is too large to read: limit is 536870912 bytes")]
    public async Task What_is_no_readable_file_is_refused_at_once(string path, string refusal)
    {
        Tree.File("a.txt").Directory("d").Link("dlink", "d").Fifo("fifo").Link("broken", "nowhere").Link("loop", "loop").Sparse("big", LargestFile + 1L);
        await ExpectAsync("fs/readFile", $$"""{"path":"{{path}}"}""", refusal);
    }

    [Fact]
    public async Task A_name_longer_than_names_may_be_is_refused() =>
        await ExpectAsync("fs/readFile", $$"""{"path":"file://ROOT/{{new string('x', 256)}}"}""", "-32603 File name too long (os error 36)");

    [Fact]
    [Difference("special-files")]
    public async Task A_socket_and_a_terminal_are_no_files()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Tree.At("s")));
        foreach (var path in new[] { Tree.At("s"), "/dev/tty" })
        {
            await ExpectAsync("fs/readFile", $$"""{"path":"file://{{path}}"}""", $"-32600 path `{path}` is not a file");
            await ExpectAsync("fs/open", $$"""{"handleId":"h","path":"file://{{path}}"}""", $"-32600 path `{path}` is not a file");
        }
    }

    [Theory]
    [InlineData("a.txt", """{"dataBase64":"eA=="}""")]
    [InlineData("d/b.txt", """{"dataBase64":"eQ=="}""")]
    [InlineData("link", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("broken", "-32603 Too many levels of symbolic links (os error 40)")]
    [InlineData("dlink/b.txt", "-32603 Not a directory (os error 20)")]
    [InlineData("dlink/nope", "-32603 Not a directory (os error 20)")]
    [InlineData("nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("d", "-32600 path is not a regular file")]
    [InlineData("fifo", "-32600 path is not a regular file")]
    public async Task Links_are_refused_when_they_are_not_to_be_followed(string name, string outcome)
    {
        Tree.File("a.txt", "x").File("d/b.txt", "y").Link("link", "a.txt").Link("dlink", "d").Link("broken", "nowhere").Fifo("fifo");
        await ExpectAsync("fs/readFile", $$"""{"path":"file://ROOT/{{name}}","followSymlinks":false}""", outcome);
    }

    [Fact]
    [Difference("read-max-bytes")]
    public async Task There_is_no_partial_read()
    {
        Tree.File("a.txt", "hello");
        await ExpectAsync("fs/readFile", """{"path":"file://ROOT/a.txt","offset":2,"limit":1,"maxBytes":5}""", """{"dataBase64":"aGVsbG8="}""");
        await ExpectAsync("fs/readFile", """{"path":"file://ROOT/a.txt","maxBytes":4}""", "-32600 file is too large to read: limit is 4 bytes");
    }

    [Fact]
    public async Task A_file_of_the_proc_file_system_is_read_to_its_end()
    {
        // Its size is 0 however much it holds.
        var version = Text(await ResultAsync("fs/readFile", """{"path":"file:///proc/version"}"""), "dataBase64");
        Assert.Equal(await File.ReadAllTextAsync("/proc/version"), version);
    }
}
