using System.Buffers;
using System.Text;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Frames;

public sealed class FileSystemWriterTests
{
    private static readonly RequestId s_id = RequestId.FromNumber(3);
    private static readonly byte[] s_path = "/a b/%\"\\\u00C3\u00A9"u8.ToArray();

    public static TheoryData<string, Action<IBufferWriter<byte>>> Messages { get; } = new()
    {
        {
            """{"isDirectory":false,"isFile":true,"isSymlink":true,"size":6,"createdAtMs":0,"modifiedAtMs":-5}""",
            w => WireWriter.FsMetadata(w, false, true, true, 6, 0, -5)
        },
        { """{"path":"file:///"}""", w => WireWriter.FsPath(w, "/"u8) },
        { """{"path":"file:///%43:/x"}""", w => WireWriter.FsPath(w, "/C:/x"u8) },
        { """{"path":"file:///bad%FF"}""", w => WireWriter.FsPath(w, [.. "/bad"u8, 0xFF]) },
        { """{"entries":[]}""", EmptyDirectory },
        {
            """{"entries":[{"fileName":"a\"\\\n","isDirectory":true,"isFile":false},{"fileName":"é�","isDirectory":false,"isFile":false}]}""",
            TwoEntries
        },
        { """{"entries":[],"errors":[],"truncated":false}""", EmptyWalk },
        {
            """{"entries":[{"path":"file:///d","kind":"directory"},{"path":"file:///d/f","kind":"file"}],"errors":[{"path":"file:///x","message":"no"},{"path":"file:///y","message":"no"}],"truncated":true}""",
            FullWalk
        },
        { """{"id":3,"result":{"dataBase64":"aGVsbG8K"}}""", WholeFile },
        { """{"id":3,"result":{"handleId":"h\""}}""", w => WireWriter.OpenResult(w, s_id, "h\"") },
        { """{"id":3,"result":{"chunk":"aGVs","eof":false}}""", w => WireWriter.ReadBlockResult(w, s_id, "hel"u8, false) },
        { """{"id":3,"result":{"chunk":"","eof":true}}""", w => WireWriter.ReadBlockResult(w, s_id, default, true) },
        { """{"id":3,"result":{"watching":true}}""", w => WireWriter.WatchMissingResult(w, s_id, true) },
        { """{"id":3,"result":{"watching":false}}""", w => WireWriter.WatchMissingResult(w, s_id, false) },
        { """{"method":"fs/missingChanged","params":{"watchId":18446744073709551615}}""", w => WireWriter.MissingChanged(w, ulong.MaxValue) },
        {
            """{"method":"fs/changed","params":{"watchId":1,"changes":[{"path":"file:///a","kind":"created"},{"path":"file:///b","kind":"removed"}],"overflow":true}}""",
            Changes
        },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_result_has_the_reference_servers_members_in_its_order(string expected, Action<IBufferWriter<byte>> write) =>
        Assert.Equal(expected, Wire.Written(write));

    [Fact]
    public void A_path_is_written_as_its_uri() =>
        Assert.Equal($$$"""{"path":"{{{PathUri.FromNative(s_path)}}}"}""", Wire.Written(w => WireWriter.FsPath(w, s_path)));

    [Property(MaxTest = 300)]
    public void Any_path_comes_back_from_what_is_written(byte[] name)
    {
        byte[] path = [(byte)'/', .. (name ?? []).Select(b => b is 0 or (byte)'/' or (byte)'.' ? (byte)'x' : b), (byte)'z'];
        var json = Wire.Written(w => WireWriter.FsPath(w, path));
        var uri = json[(json.IndexOf(':', StringComparison.Ordinal) + 2)..^2];

        Assert.Equal(PathUri.FromNative(path), uri);
        Assert.True(PathUri.TryParse(uri, out var back, out _));
        Assert.Equal(path, back);
    }

    [Property(MaxTest = 300)]
    public void Any_name_is_written_as_text_with_replacements(byte[] name)
    {
        var bytes = name ?? [];
        var expected = Wire.Written(w => WireWriter.OpenResult(w, s_id, Encoding.UTF8.GetString(bytes)));
        var written = Wire.Written(w => WireWriter.FsDirectoryEntry(w, true, bytes, false, false));

        var text = expected["""{"id":3,"result":{"handleId":""".Length..^2];
        Assert.Equal($$$"""{"fileName":{{{text}}},"isDirectory":false,"isFile":false}""", written);
    }

    [Property(MaxTest = 200)]
    public void A_file_in_parts_is_the_file_in_one_piece(byte[] content, byte parts)
    {
        var bytes = content ?? [];
        var part = 3 * (1 + (parts % 5));
        var whole = Wire.Written(w =>
        {
            WireWriter.BeginReadFileResult(w, s_id);
            for (var at = 0; at < bytes.Length; at += part)
            {
                WireWriter.ReadFilePart(w, bytes.AsSpan(at, Math.Min(part, bytes.Length - at)));
            }

            WireWriter.EndReadFileResult(w);
        });

        Assert.Equal($$$"""{"id":3,"result":{"dataBase64":"{{{Convert.ToBase64String(bytes)}}}"}}""", whole);
    }

    private static void EmptyDirectory(IBufferWriter<byte> output)
    {
        WireWriter.BeginFsEntries(output);
        WireWriter.EndFsDirectory(output);
    }

    private static void TwoEntries(IBufferWriter<byte> output)
    {
        WireWriter.BeginFsEntries(output);
        WireWriter.FsDirectoryEntry(output, true, "a\"\\\n"u8, true, false);
        WireWriter.FsDirectoryEntry(output, false, [.. "é"u8, 0xFF], false, false);
        WireWriter.EndFsDirectory(output);
    }

    private static void EmptyWalk(IBufferWriter<byte> output)
    {
        WireWriter.BeginFsEntries(output);
        WireWriter.BeginFsWalkErrors(output);
        WireWriter.EndFsWalk(output, truncated: false);
    }

    private static void FullWalk(IBufferWriter<byte> output)
    {
        WireWriter.BeginFsEntries(output);
        WireWriter.FsWalkEntry(output, true, "/d"u8, isDirectory: true);
        WireWriter.FsWalkEntry(output, false, "/d/f"u8, isDirectory: false);
        WireWriter.BeginFsWalkErrors(output);
        WireWriter.FsWalkError(output, true, "/x"u8, "no");
        WireWriter.FsWalkError(output, false, "/y"u8, "no");
        WireWriter.EndFsWalk(output, truncated: true);
    }

    private static void WholeFile(IBufferWriter<byte> output)
    {
        WireWriter.BeginReadFileResult(output, s_id);
        WireWriter.ReadFilePart(output, "hel"u8);
        WireWriter.ReadFilePart(output, "lo\n"u8);
        WireWriter.EndReadFileResult(output);
    }

    private static void Changes(IBufferWriter<byte> output)
    {
        WireWriter.BeginChanged(output, 1);
        WireWriter.Change(output, true, "/a"u8, "created"u8);
        WireWriter.Change(output, false, "/b"u8, "removed"u8);
        WireWriter.EndChanged(output, overflow: true);
    }
}
