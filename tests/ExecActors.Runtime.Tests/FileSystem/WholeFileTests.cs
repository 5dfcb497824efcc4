using System.Text;

using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Tests.Support;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.FileSystem;

/// <summary>fs/readFile and fs/writeFile: sections 3.1 and 3.2 of the contract.</summary>
public sealed class WholeFileTests : IDisposable
{
    private const int Piece = 192 * 1024;
    private const string NotFound = "-32004 No such file or directory (os error 2)";
    private const string NotADirectory = "-32603 Not a directory (os error 20)";
    private const string Loop = "-32603 Too many levels of symbolic links (os error 40)";

    private readonly FileRequests _files = new FileRequests()
        .File("a.txt").File("empty", "").Directory("d").File("d/b.txt").Link("link", "a.txt").Link("dlink", "d").Link("broken", "created");

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("a.txt", true, """{"id":3,"result":{"dataBase64":"aGVsbG8K"}}""")]
    [InlineData("link", true, """{"id":3,"result":{"dataBase64":"aGVsbG8K"}}""")]
    [InlineData("a.txt", false, """{"id":3,"result":{"dataBase64":"aGVsbG8K"}}""")]
    [InlineData("empty", true, """{"id":3,"result":{"dataBase64":""}}""")]
    [InlineData("d", true, "-32600 path `P/d` is not a file")]
    [InlineData("d", false, "-32600 path is not a regular file")]
    [InlineData("nope", true, NotFound)]
    [InlineData("broken", true, NotFound)]
    [InlineData("a.txt/x", true, NotADirectory)]
    [InlineData("link", false, Loop)]
    [InlineData("broken", false, Loop)]
    [InlineData("dlink/b.txt", false, NotADirectory)]
    public void Reading(string name, bool followSymlinks, string outcome) => Assert.Equal(outcome, _files.Read(name, followSymlinks));

    [Theory]
    [InlineData("new", "aGVsbG8K", true, "{}", "new")]
    [InlineData("a.txt", "aGVsbG8K", false, "{}", "a.txt")]
    [InlineData("link", "aGVsbG8K", true, "{}", "a.txt")]
    [InlineData("broken", "aGVsbG8K", true, "{}", "created")]
    [InlineData("nodir/x", "eA==", true, NotFound, null)]
    [InlineData("d", "eA==", true, "-32603 Is a directory (os error 21)", null)]
    [InlineData("a.txt/x", "eA==", true, NotADirectory, null)]
    [InlineData("link", "eA==", false, Loop, null)]
    [InlineData("dlink/new", "eA==", false, NotADirectory, null)]
    public void Writing(string name, string base64, bool followSymlinks, string outcome, string? written)
    {
        Assert.Equal(outcome, _files.Write(name, base64, followSymlinks));
        if (written is not null)
        {
            Assert.Equal("hello\n", File.ReadAllText(_files.Text(written)));
        }
    }

    [Theory]
    [InlineData("!!!", "Invalid symbol 33, offset 0.")]
    [InlineData("aGVsbG8", "Invalid padding")]
    [InlineData("aGVsbG9=", "Invalid last symbol 57, offset 6.")]
    [InlineData("aGVs bG8=", "Invalid symbol 32, offset 4.")]
    [InlineData("_-8=", "Invalid symbol 95, offset 0.")]
    public void Bad_base64_is_refused_before_anything_is_opened(string base64, string detail)
    {
        var refusal = $"-32600 fs/writeFile requires valid base64 dataBase64: {detail}";

        Assert.Equal(refusal, _files.Write("a.txt", base64));
        Assert.Equal(refusal, _files.Write("new", base64));
        Assert.Equal(refusal, _files.Write("nodir/new", base64));
        Assert.Equal("hello\n", File.ReadAllText(_files.Text("a.txt")));
        Assert.False(File.Exists(_files.Text("new")));
    }

    [Fact]
    public void Bad_base64_far_behind_is_found_before_the_file_is_touched()
    {
        var base64 = Convert.ToBase64String(new byte[3 * Piece]);

        Assert.Equal(
            $"-32600 fs/writeFile requires valid base64 dataBase64: Invalid symbol 42, offset {base64.Length - 1}.",
            _files.Write("a.txt", base64[..^1] + "*"));
        Assert.Equal("hello\n", File.ReadAllText(_files.Text("a.txt")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData((12 * 1024) - 1)]
    [InlineData(12 * 1024)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData((3 * Piece) + 2)]
    [InlineData(5_000_000)]
    public void Files_of_any_size_come_back_as_they_were_written(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var base64 = Convert.ToBase64String(bytes);

        Assert.Equal("{}", _files.Write("a.txt", base64));
        Assert.Equal(bytes, File.ReadAllBytes(_files.Text("a.txt")));
        Assert.Equal($$$"""{"id":3,"result":{"dataBase64":"{{{base64}}}"}}""", _files.Read("a.txt"));
    }

    [Property(MaxTest = 50)]
    public void Any_bytes_come_back(byte[] bytes)
    {
        var base64 = Convert.ToBase64String(bytes ?? []);

        Assert.Equal("{}", _files.Write("any", base64));
        Assert.Equal($$$"""{"id":3,"result":{"dataBase64":"{{{base64}}}"}}""", _files.Read("any"));
    }

    [Fact]
    public void A_file_that_says_it_is_empty_is_read_to_its_end()
    {
        using var handle = Opened("/proc/self/maps");
        using var answer = FileTransfer.ReadAll(handle, FileRequests.Id, FileRequests.Window).Frame;
        var base64 = Encoding.ASCII.GetString(answer.Span)["{\"id\":3,\"result\":{\"dataBase64\":\"".Length..^3];

        var maps = Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        Assert.InRange(maps.Length, 12 * 1024, int.MaxValue); // more than one piece
        Assert.EndsWith("\n", maps, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_over_the_limit_is_refused_before_it_is_read()
    {
        using (var sparse = new FileStream(_files.Text("huge"), FileMode.CreateNew))
        {
            sparse.SetLength(FileTransfer.MostFileBytes + 1);
        }

        Assert.Equal("""{"error":{"code":-32600,"message":"file is too large to read: limit is 536870912 bytes"},"id":3}""", _files.Read("huge"));
    }

    [Fact]
    public void A_read_that_the_system_refuses_is_answered_with_its_error()
    {
        using var handle = _files.Open("new", FsOpenMode.Replace, atomic: false, out _)!;
        using var answer = FileTransfer.ReadAll(handle, FileRequests.Id, FileRequests.Window).Frame;

        Assert.Equal("""{"error":{"code":-32603,"message":"Bad file descriptor (os error 9)"},"id":3}""", Encoding.UTF8.GetString(answer.Span));
    }

    [Fact]
    public void A_write_that_the_system_refuses_is_answered_with_its_error()
    {
        using var handle = Opened(_files.Text("a.txt"));

        Assert.Equal(new RpcError(ErrorCodes.InternalError, "Bad file descriptor (os error 9)"), FileTransfer.WriteAll(handle, "eA=="u8));
        Assert.Equal("-32603 No space left on device (os error 28)", _files.Link("full", "/dev/full").Write("full", "eA=="));
        Assert.Equal("{}", _files.Link("null", "/dev/null").Write("null", "eA=="));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    public void Nothing_of_a_longer_file_is_left(int size)
    {
        File.WriteAllBytes(_files.Text("a.txt"), new byte[(2 * Piece) + 10]);
        var content = Enumerable.Repeat((byte)'x', size).ToArray();

        Assert.Equal("{}", _files.Write("a.txt", Convert.ToBase64String(content)));
        Assert.Equal(content, File.ReadAllBytes(_files.Text("a.txt")));
    }

    private static Platform.FileHandle Opened(string path)
    {
        Assert.True(FileExecutor.TryOpen(new FsReadFileParams(Encoding.UTF8.GetBytes(path)), out var handle, out _));
        return handle;
    }
}
