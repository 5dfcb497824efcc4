using System.Text;

namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/open</c>, <c>fs/readBlock</c>, <c>fs/writeBlock</c> and <c>fs/close</c>.</summary>
public sealed class FileHandleTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    private const int MostHandles = 128;

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("a handle/with \u00E9")]
    [InlineData("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")]
    public async Task The_client_names_the_handle(string handle)
    {
        Tree.File("a.txt", "hello");
        await ExpectAsync("fs/open", $$"""{"handleId":"{{handle}}","path":"file://ROOT/a.txt"}""", $$"""{"handleId":"{{handle}}"}""");
        await ExpectAsync("fs/open", $$"""{"handleId":"{{handle}}","path":"file://ROOT/a.txt"}""", $"-32600 file handle `{handle}` already exists");
        await ExpectAsync("fs/readBlock", $$"""{"handleId":"{{handle}}","offset":1,"len":2}""", """{"chunk":"ZWw=","eof":false}""");
        await ExpectAsync("fs/close", $$"""{"handleId":"{{handle}}"}""", "{}");
        await ExpectAsync("fs/close", $$"""{"handleId":"{{handle}}"}""", "{}");
        await ExpectAsync("fs/readBlock", $$"""{"handleId":"{{handle}}","offset":0,"len":1}""", $"-32004 unknown file handle `{handle}`");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"{{handle}}","offset":0,"chunk":"eA=="}""", $"-32004 unknown file handle `{handle}`");
    }

    [Theory]
    [InlineData("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")]
    [InlineData("\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9\u00E9y")]
    public async Task A_name_of_more_than_32_bytes_is_refused_by_all_four(string handle)
    {
        const string Refusal = "-32600 file handle ID must not exceed 32 bytes";
        await ExpectAsync("fs/open", $$"""{"handleId":"{{handle}}","path":"file://ROOT/a.txt"}""", Refusal);
        await ExpectAsync("fs/readBlock", $$"""{"handleId":"{{handle}}","offset":0,"len":1}""", Refusal);
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"{{handle}}","offset":0,"chunk":"eA=="}""", Refusal);
        await ExpectAsync("fs/close", $$"""{"handleId":"{{handle}}"}""", Refusal);
    }

    [Theory]
    [InlineData("read", "nope", "-32004 No such file or directory (os error 2)")]
    [InlineData("read", "d", "-32600 path `ROOT/d` is not a file")]
    [InlineData("read", "fifo", "-32600 path `ROOT/fifo` is not a file")]
    [InlineData("read", "link", """{"handleId":"h"}""")]
    [InlineData("read", "broken", "-32004 No such file or directory (os error 2)")]
    [InlineData("replace", "link", """{"handleId":"h"}""")]
    [InlineData("replace", "new", """{"handleId":"h"}""")]
    [InlineData("replace", "broken", """{"handleId":"h"}""")]
    [InlineData("replace", "nodir/x", "-32004 No such file or directory (os error 2)")]
    [InlineData("replace", "d", "-32603 Is a directory (os error 21)")]
    public async Task A_handle_is_opened_or_refused(string mode, string name, string outcome)
    {
        Tree.File("a.txt", "hello").Link("link", "a.txt").Directory("d").Fifo("fifo").Link("broken", "made");
        await ExpectAsync("fs/open", $$"""{"handleId":"h","path":"file://ROOT/{{name}}","mode":"{{mode}}"}""", outcome);
        Assert.Equal(mode == "replace" && name == "link" ? "" : "hello", Tree.Read("a.txt"));
        Assert.Equal(mode == "replace" && name == "broken", Tree.Has("made"));
        await ExpectAsync(
            "fs/readBlock", """{"handleId":"h","offset":0,"len":1}""",
            outcome[0] == '-' ? "-32004 unknown file handle `h`" : mode == "read" ? """{"chunk":"aA==","eof":false}""" : "-32603 Bad file descriptor (os error 9)");
    }

    [Theory]
    [InlineData(0, 3, "hel", false)]
    [InlineData(3, 2, "lo", false)]
    [InlineData(0, 7, "hello\n", true)]
    [InlineData(0, 1048576, "hello\n", true)]
    [InlineData(5, 2, "\n", true)]
    [InlineData(6, 1, "", true)]
    [InlineData(100, 1, "", true)]
    [InlineData(9223372036854775806, 1, "", true)]
    public async Task A_block_is_what_there_is_up_to_its_length(ulong offset, int length, string content, bool eof)
    {
        Tree.File("a.txt", "hello\n");
        await OpenAsync("h", "a.txt");
        await ExpectAsync(
            "fs/readBlock", $$"""{"handleId":"h","offset":{{offset}},"len":{{length}}}""", $$"""{"chunk":"{{Base64(content)}}","eof":{{(eof ? "true" : "false")}}}""");
    }

    [Theory]
    [InlineData(0, 6, "hello\n")]
    [InlineData(3, 3, "lo\n")]
    [Difference("eof-on-last-byte")]
    public async Task A_block_that_ends_with_the_file_says_so(int offset, int length, string content)
    {
        Tree.File("a.txt", "hello\n");
        await OpenAsync("h", "a.txt");
        await ExpectAsync(
            "fs/readBlock", $$"""{"handleId":"h","offset":{{offset}},"len":{{length}}}""", $$"""{"chunk":"{{Base64(content)}}","eof":true}""");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1048577")]
    [InlineData("18446744073709551615")]
    public async Task A_length_out_of_range_is_refused_and_the_handle_stays(string length)
    {
        Tree.File("a.txt", "hello");
        await OpenAsync("h", "a.txt");
        await ExpectAsync("fs/readBlock", $$"""{"handleId":"h","offset":0,"len":{{length}}}""", "-32600 file read block length must be between 1 and 1048576");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":0,"len":1}""", """{"chunk":"aA==","eof":false}""");
    }

    [Fact]
    public async Task A_read_that_fails_closes_its_handle()
    {
        Tree.File("a.txt", "hello");
        await OpenAsync("h", "a.txt");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":9223372036854775808,"len":1}""", "-32600 Invalid argument (os error 22)");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":0,"len":1}""", "-32004 unknown file handle `h`");
        await OpenAsync("h", "b.txt", "replace");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":0,"len":1}""", "-32603 Bad file descriptor (os error 9)");
        await ExpectAsync("fs/writeBlock", """{"handleId":"h","offset":0,"chunk":"eA=="}""", "-32004 unknown file handle `h`");
    }

    [Fact]
    public async Task A_write_to_a_reading_handle_fails_and_the_handle_stays()
    {
        Tree.File("a.txt", "hello");
        await OpenAsync("h", "a.txt");
        await ExpectAsync("fs/writeBlock", """{"handleId":"h","offset":0,"chunk":"eA=="}""", "-32603 Bad file descriptor (os error 9)");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":0,"len":1}""", """{"chunk":"aA==","eof":false}""");
    }

    [Fact]
    public async Task Blocks_are_written_in_any_order_and_gaps_are_zeros()
    {
        await OpenAsync("w", "out.bin", "replace");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":10,"chunk":"{{Base64("x")}}"}""", "{}");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":0,"chunk":"{{Base64("hello!")}}"}""", "{}");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":0,"chunk":"{{Base64("H")}}"}""", "{}");
        Assert.Equal("Hello!\0\0\0\0x", Tree.Read("out.bin"));
        await ExpectAsync("fs/close", """{"handleId":"w"}""", "{}");
        Assert.Equal("Hello!\0\0\0\0x", Tree.Read("out.bin"));
    }

    [Theory]
    [InlineData(0, "", "-32600 file write block length must be between 1 and 1048576")]
    [InlineData(0, "!!", "-32602 Invalid symbol 33, offset 0.")]
    [InlineData(0, "eA", "-32602 Invalid padding")]
    [InlineData(9223372036854775807, "eA==", "-32600 file write range exceeds the signed 64-bit file offset limit")]
    [InlineData(18446744073709551615, "eA==", "-32600 file write range exceeds the signed 64-bit file offset limit")]
    public async Task A_block_that_cannot_be_written_is_refused_and_the_handle_stays(ulong offset, string chunk, string refusal)
    {
        await OpenAsync("w", "out.bin", "replace");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":{{offset}},"chunk":"{{chunk}}"}""", refusal);
        await ExpectAsync("fs/writeBlock", """{"handleId":"w","offset":0,"chunk":"eA=="}""", "{}");
        Assert.Equal("x", Tree.Read("out.bin"));
    }

    [Fact]
    public async Task A_block_has_a_mebibyte_at_most()
    {
        await OpenAsync("w", "out.bin", "replace");
        var block = new byte[1024 * 1024 + 1];
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"w","offset":0,"chunk":"{{Convert.ToBase64String(block.AsSpan(1))}}"}""", "{}");
        await ExpectAsync(
            "fs/writeBlock", $$"""{"handleId":"w","offset":0,"chunk":"{{Convert.ToBase64String(block)}}"}""",
            "-32600 file write block length must be between 1 and 1048576");
        await OpenAsync("r", "out.bin");
        Assert.Equal(1024 * 1024, Convert.FromBase64String((string)(await ResultAsync("fs/readBlock", """{"handleId":"r","offset":0,"len":1048576}"""))["chunk"]!).Length);
    }

    [Fact]
    public async Task A_handle_sees_its_file_grow_and_keeps_it_when_the_path_goes()
    {
        Tree.File("a.txt", "hello\n");
        await OpenAsync("h", "a.txt");
        await File.AppendAllTextAsync(Tree.At("a.txt"), "more");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":6,"len":10}""", $$"""{"chunk":"{{Base64("more")}}","eof":true}""");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/a.txt"}""", "{}");
        Tree.File("a.txt", "another file");
        await ExpectAsync("fs/readBlock", """{"handleId":"h","offset":0,"len":20}""", $$"""{"chunk":"{{Base64("hello\nmore")}}","eof":true}""");
    }

    [Fact]
    public async Task Several_handles_may_have_one_file()
    {
        await OpenAsync("a", "f", "replace");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"a","offset":0,"chunk":"{{Base64("first")}}"}""", "{}");
        await OpenAsync("b", "f", "replace");
        Assert.Equal("", Tree.Read("f"));
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"b","offset":0,"chunk":"{{Base64("bb")}}"}""", "{}");
        await ExpectAsync("fs/writeBlock", $$"""{"handleId":"a","offset":1,"chunk":"{{Base64("aa")}}"}""", "{}");
        Assert.Equal("baa", Tree.Read("f"));
    }

    [Fact]
    public async Task A_connection_has_128_handles_and_another_has_its_own()
    {
        Tree.File("a.txt", "hello");
        for (var i = 0; i < MostHandles; i++)
        {
            await OpenAsync($"{i}", "a.txt");
        }

        await ExpectAsync("fs/open", """{"handleId":"more","path":"file://ROOT/a.txt"}""", "-32600 at most 128 file handles may be open per connection");
        await using (var other = await Fixture.OpenAsync())
        {
            Compare(await other.RequestAsync("fs/open", Params("""{"handleId":"0","path":"file://ROOT/a.txt"}""")), """{"handleId":"0"}""", "another connection");
            Compare(await other.RequestAsync("fs/readBlock", Params("""{"handleId":"1","offset":0,"len":1}""")), "-32004 unknown file handle `1`", "another connection");
        }

        await ExpectAsync("fs/close", """{"handleId":"5"}""", "{}");
        await OpenAsync("more", "a.txt");
    }

    [Fact]
    public async Task Handles_end_with_their_connection_even_if_the_session_goes_on()
    {
        Tree.File("a.txt", "hello");
        string session;
        await using (var first = await Fixture.OpenAsync())
        {
            session = first.SessionId;
            await first.ResultAsync("fs/open", Params("""{"handleId":"h","path":"file://ROOT/a.txt"}"""));
        }

        await using var second = await Fixture.OpenAsync(session);
        Assert.Equal(session, second.SessionId);
        Compare(await second.RequestAsync("fs/readBlock", Params("""{"handleId":"h","offset":0,"len":1}""")), "-32004 unknown file handle `h`", "after the resume");
        Compare(await second.RequestAsync("fs/open", Params("""{"handleId":"h","path":"file://ROOT/a.txt"}""")), """{"handleId":"h"}""", "after the resume");
    }

    [Fact]
    public async Task A_file_goes_through_in_blocks_in_both_directions()
    {
        var content = new byte[5_000_000];
        new Random(5).NextBytes(content);
        await OpenAsync("w", "f", "replace");
        const int Block = 700_001;
        var posted = new List<long>();
        for (var offset = 0; offset < content.Length; offset += Block)
        {
            var chunk = Convert.ToBase64String(content.AsSpan(offset, Math.Min(Block, content.Length - offset)));
            posted.Add(await Client.PostAsync("fs/writeBlock", new JObject { ["handleId"] = "w", ["offset"] = offset, ["chunk"] = chunk }));
        }

        posted.Add(await Client.PostAsync("fs/close", new JObject { ["handleId"] = "w" }));
        foreach (var id in posted)
        {
            Compare(await Client.AnswerAsync(id), "{}", "a block");
        }

        await OpenAsync("r", "f");
        using var back = new MemoryStream();
        for (var eof = false; !eof;)
        {
            var block = await ResultAsync("fs/readBlock", $$"""{"handleId":"r","offset":{{back.Length}},"len":{{Block}}}""");
            back.Write(Convert.FromBase64String((string)block["chunk"]!));
            eof = (bool)block["eof"]!;
        }

        Assert.True(back.ToArray().AsSpan().SequenceEqual(content));
        Assert.Equal(Encoding.Latin1.GetString(content, 0, 10), Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Tree.At("f")), 0, 10));
    }

    private Task OpenAsync(string handle, string name, string mode = "read") =>
        ExpectAsync("fs/open", $$"""{"handleId":"{{handle}}","path":"file://ROOT/{{name}}","mode":"{{mode}}"}""", $$"""{"handleId":"{{handle}}"}""");
}
