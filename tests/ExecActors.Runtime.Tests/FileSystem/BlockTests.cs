using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Tests.Support;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.FileSystem;

/// <summary>fs/open, fs/readBlock, fs/writeBlock and fs/close: section 4 of the contract, without the desk that knows the handles' names.</summary>
public sealed class BlockTests : IDisposable
{
    private readonly FileRequests _files = new FileRequests().File("a.txt").Directory("d").Link("link", "a.txt").Link("broken", "created");

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("a.txt", FsOpenMode.Read, false, "")]
    [InlineData("link", FsOpenMode.Read, true, "")]
    [InlineData("nope", FsOpenMode.Read, false, "-32004 No such file or directory (os error 2)")]
    [InlineData("d", FsOpenMode.Read, false, "-32600 path `P/d` is not a file")]
    [InlineData("a.txt", FsOpenMode.Replace, false, "")]
    [InlineData("broken", FsOpenMode.Replace, false, "")]
    [InlineData("nodir/x", FsOpenMode.Replace, false, "-32004 No such file or directory (os error 2)")]
    [InlineData("d", FsOpenMode.Replace, false, "-32603 Is a directory (os error 21)")]
    [InlineData("a.txt", FsOpenMode.Replace, true, "")]
    [InlineData("nodir/x", FsOpenMode.Replace, true, "-32004 No such file or directory (os error 2)")]
    [InlineData("d", FsOpenMode.Replace, true, "-32603 Is a directory (os error 21)")]
    public void Opening(string name, FsOpenMode mode, bool atomic, string outcome)
    {
        using var handle = _files.Open(name, mode, atomic, out var refusal);

        Assert.Equal(outcome, refusal);
        Assert.Equal(refusal.Length == 0, handle is not null);
    }

    [Theory]
    [InlineData(0, 3, "aGVs", false)]
    [InlineData(3, 2, "bG8=", false)]
    [InlineData(3, 3, "bG8K", true)] // the reference server says so only at the next read
    [InlineData(0, 6, "aGVsbG8K", true)]
    [InlineData(0, 7, "aGVsbG8K", true)]
    [InlineData(6, 1, "", true)]
    [InlineData(100, 1048576, "", true)]
    public void A_block_is_what_there_is_and_says_whether_the_file_ends_behind_it(ulong offset, ulong length, string chunk, bool eof)
    {
        using var handle = _files.Open("a.txt", FsOpenMode.Read, atomic: false, out _)!;

        Assert.Equal($$$"""{"id":3,"result":{"chunk":"{{{chunk}}}","eof":{{{(eof ? "true" : "false")}}}}}""", Read(handle, offset, length, out var failed));
        Assert.False(failed);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1048576, true)]
    [InlineData(1048577, false)]
    [InlineData(ulong.MaxValue, false)]
    public void The_length_of_a_read_has_limits(ulong length, bool allowed) =>
        Assert.Equal(allowed ? null : Errors.ReadBlockLength, FileTransfer.Check(new FsReadBlockParams("h", 0, length)));

    [Theory]
    [InlineData(9223372036854775808)]
    [InlineData(18446744073709551615)]
    public void A_read_behind_all_offsets_fails_and_spoils_the_handle(ulong offset)
    {
        using var handle = _files.Open("a.txt", FsOpenMode.Read, atomic: false, out _)!;

        Assert.Equal("""{"error":{"code":-32600,"message":"Invalid argument (os error 22)"},"id":3}""", Read(handle, offset, 1, out var failed));
        Assert.True(failed);
    }

    [Fact]
    public void A_read_of_a_file_opened_to_be_written_fails_and_spoils_the_handle()
    {
        using var handle = _files.Open("a.txt", FsOpenMode.Replace, atomic: false, out _)!;

        Assert.Equal("""{"error":{"code":-32603,"message":"Bad file descriptor (os error 9)"},"id":3}""", Read(handle, 0, 1, out var failed));
        Assert.True(failed);
    }

    [Fact]
    public void Growth_and_removal_are_seen_by_an_open_handle()
    {
        using var handle = _files.Open("a.txt", FsOpenMode.Read, atomic: false, out _)!;
        File.AppendAllText(_files.Text("a.txt"), "more");
        File.Delete(_files.Text("a.txt"));

        Assert.Equal("""{"id":3,"result":{"chunk":"bW9yZQ==","eof":true}}""", Read(handle, 6, 100, out _));
    }

    [Theory]
    [InlineData("eA==", 0, null)]
    [InlineData("eA==", 9223372036854775806, null)]
    [InlineData("eA==", 9223372036854775807, "-32600 file write range exceeds the signed 64-bit file offset limit")]
    [InlineData("eA==", 18446744073709551615, "-32600 file write range exceeds the signed 64-bit file offset limit")]
    [InlineData("", 0, "-32600 file write block length must be between 1 and 1048576")]
    [InlineData("!!", 18446744073709551615, "-32602 Invalid symbol 33, offset 0.")]
    public void A_write_is_checked_before_its_handle(string chunk, ulong offset, string? refusal)
    {
        var error = FileTransfer.Check(new FsWriteBlockParams("h", offset, Encoding.ASCII.GetBytes(chunk)));

        Assert.Equal(refusal, error is { } found ? $"{found.Code} {found.Message}" : null);
    }

    [Theory]
    [InlineData(1048576, true)]
    [InlineData(1048577, false)]
    public void The_length_of_a_write_has_a_limit(int length, bool allowed) => Assert.Equal(
        allowed ? null : Errors.WriteBlockLength,
        FileTransfer.Check(new FsWriteBlockParams("h", 0, Encoding.ASCII.GetBytes(Convert.ToBase64String(new byte[length])))));

    [Fact]
    public void Blocks_are_written_where_they_belong_in_any_order()
    {
        using (var handle = _files.Open("new", FsOpenMode.Replace, atomic: false, out _)!)
        {
            Assert.Null(Write(handle, 0, "hello"));
            Assert.Null(Write(handle, 5, "!"));
            Assert.Null(Write(handle, 10, "x"));
            Assert.Null(Write(handle, 0, "H"));
        }

        Assert.Equal("Hello!\0\0\0\0x", File.ReadAllText(_files.Text("new")));
    }

    [Fact]
    public void A_write_to_a_file_opened_to_be_read_fails_and_the_handle_stays_good()
    {
        using var handle = _files.Open("a.txt", FsOpenMode.Read, atomic: false, out _)!;

        Assert.Equal(new RpcError(ErrorCodes.InternalError, "Bad file descriptor (os error 9)"), Write(handle, 0, "x"));
        Assert.Equal("""{"id":3,"result":{"chunk":"aA==","eof":false}}""", Read(handle, 0, 1, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_atomic_replacement_is_there_whole_or_not_at_all(bool committed)
    {
        using (var handle = _files.Open("a.txt", FsOpenMode.Replace, atomic: true, out _)!)
        {
            Assert.Null(Write(handle, 0, "whole"));
            Assert.Equal("hello\n", File.ReadAllText(_files.Text("a.txt")));
            if (committed)
            {
                Assert.True(handle.Commit().Succeeded);
            }
        }

        Assert.Equal(committed ? "whole" : "hello\n", File.ReadAllText(_files.Text("a.txt")));
        var names = Directory.GetFiles(_files.Text("")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
        Assert.Equal(["a.txt", "broken", "link"], names, StringComparer.Ordinal); // and no temporary file
    }

    [Property(MaxTest = 50)]
    public void A_file_is_the_sum_of_its_blocks(byte[] content, byte size)
    {
        var bytes = content ?? [];
        var length = 1 + (size % 7);
        using (var writer = _files.Open("sum", FsOpenMode.Replace, atomic: false, out _)!)
        {
            foreach (var at in Enumerable.Range(0, (bytes.Length + length - 1) / length).Select(number => number * length).Reverse())
            {
                Assert.Null(Write(writer, (ulong)at, bytes.AsSpan(at, Math.Min(length, bytes.Length - at))));
            }
        }

        using var reader = _files.Open("sum", FsOpenMode.Read, atomic: false, out _)!;
        var seen = new List<byte>();
        string answer;
        do
        {
            answer = Read(reader, (ulong)seen.Count, (ulong)length, out _);
            var chunk = answer["""{"id":3,"result":{"chunk":""".Length..];
            seen.AddRange(Convert.FromBase64String(chunk[1..chunk.IndexOf('"', 1)]));
        }
        while (answer.EndsWith("false}}", StringComparison.Ordinal));

        Assert.Equal(bytes, seen);
    }

    private static string Read(FileHandle handle, ulong offset, ulong length, out bool failed)
    {
        using var answer = FileTransfer.ReadBlock(handle, new FsReadBlockParams("h", offset, length), FileRequests.Id, out failed);
        return Encoding.UTF8.GetString(answer.Span);
    }

    private static RpcError? Write(FileHandle handle, ulong offset, string text) => Write(handle, offset, Encoding.ASCII.GetBytes(text));

    private static RpcError? Write(FileHandle handle, ulong offset, ReadOnlySpan<byte> bytes)
    {
        var request = new FsWriteBlockParams("h", offset, Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
        Assert.Null(FileTransfer.Check(request));
        return FileTransfer.WriteBlock(handle, request);
    }
}
