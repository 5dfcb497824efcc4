using System.Globalization;

using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class StdinTests() : RuntimeTest("execactors.process.stdin-queue-bytes = 10B")
{
    [Fact]
    public async Task A_write_is_accepted_once_its_bytes_are_in_the_pipe_or_in_the_queue()
    {
        var (client, child) = await StartedAsync(room: 3);

        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.AskAsync(Wire.Write(2, "p", "12345", "a")));
        Assert.Equal(Wire.WriteResult(3, "accepted"), await client.AskAsync(Wire.Write(3, "p", "678", "b")));
        Assert.Equal("123", child.Written);

        child.TakeMore(100);
        await SettledAsync(client);
        Assert.Equal("12345678", child.Written);
    }

    [Fact]
    public async Task Writes_beyond_the_queue_wait_and_are_accepted_in_order_as_it_drains()
    {
        var (client, child) = await StartedAsync(room: 0);
        client.Send(Wire.Write(2, "p", "12345678", "a"), Wire.Write(3, "p", "abc", "b"), Wire.Write(4, "p", "d", "c"), Wire.Status(5));

        // The last would fit, but order is kept; what is no write does not wait.
        Assert.Equal([Wire.WriteResult(2, "accepted"), Wire.Ready(5)], Sorted(await client.Frames.NextAsync(2)));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());

        child.TakeMore(1);
        Assert.Equal([Wire.WriteResult(3, "accepted")], await client.Frames.NextAsync(1));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        child.TakeMore(1);
        Assert.Equal(Wire.WriteResult(4, "accepted"), await client.Frames.NextAsync());
        child.TakeMore(100);
        await SettledAsync(client);
        Assert.Equal("12345678abcd", child.Written);
    }

    [Fact]
    public async Task A_write_larger_than_the_whole_queue_is_accepted_when_nothing_else_is_queued()
    {
        var (client, child) = await StartedAsync(room: 0);

        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.AskAsync(Wire.Write(2, "p", new string('x', 1000), "a")));
        child.TakeMore(2000);
        await SettledAsync(client);
        Assert.Equal(1000, child.WrittenBytes);
    }

    [Fact]
    public async Task A_terminate_overtakes_parked_writes_and_the_end_frees_them()
    {
        var (client, child) = await StartedAsync(room: 0);
        client.Send(Wire.Write(2, "p", "1234567890", "a"), Wire.Write(3, "p", "x", "b"), Wire.Write(4, "p", "y", "c"));
        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.Frames.NextAsync());

        Assert.Equal(Wire.TerminateResult(5, running: true), await client.AskAsync(Wire.Terminate(5, "p")));
        child.Exit(137);

        Assert.Equal(
            [Wire.Exited("p", 1, 137), Wire.WriteResult(3, "stdinClosed"), Wire.WriteResult(4, "stdinClosed"), Wire.Closed("p", 2)],
            await client.Frames.NextAsync(4));
    }

    [Fact]
    public async Task A_repeated_write_is_accepted_and_written_once_also_after_a_resume_and_after_the_end()
    {
        var (first, child) = await StartedAsync(room: 100);
        await first.AskAsync(Wire.Write(2, "p", "hello", "a"));
        Assert.Equal(Wire.WriteResult(3, "accepted"), await first.AskAsync(Wire.Write(3, "p", "hello", "a")));
        first.Leave();

        var second = await NewClient().AttachAsync(resume: first.SessionId);
        Assert.Equal(Wire.WriteResult(4, "accepted"), await second.AskAsync(Wire.Write(4, "p", "hello", "a")));
        Assert.Equal("hello", child.Written);

        child.Finish(0);
        await second.Frames.NextAsync(2);
        Assert.Equal(Wire.WriteResult(5, "accepted"), await second.AskAsync(Wire.Write(5, "p", "hello", "a")));
        Assert.Equal(Wire.WriteResult(6, "stdinClosed"), await second.AskAsync(Wire.Write(6, "p", "hello", "b")));
    }

    [Fact]
    public async Task A_used_write_id_with_other_bytes_is_refused()
    {
        var (client, child) = await StartedAsync(room: 100);
        await client.AskAsync(Wire.Write(2, "p", "hello", "a"));

        var refusal = "writeId a was accepted before with other bytes; use a new writeId for new bytes";
        Assert.Equal(Wire.Error(3, -32602, refusal), await client.AskAsync(Wire.Write(3, "p", "jello", "a")));
        Assert.Equal(Wire.Error(4, -32602, refusal), await client.AskAsync(Wire.Write(4, "p", "hello", "a", ",\"closeStdin\":true")));
        Assert.Equal("hello", child.Written);
        Assert.False(child.StdinClosed);
    }

    [Fact]
    public async Task The_last_4096_write_ids_are_remembered()
    {
        var (client, child) = await StartedAsync(room: int.MaxValue);
        for (var i = 0; i < 4096; i++)
        {
            await client.AskAsync(Wire.Write(2, "p", "x", i.ToString(CultureInfo.InvariantCulture)));
        }

        await client.AskAsync(Wire.Write(3, "p", "x", "0"));
        Assert.Equal(4096, child.WrittenBytes);
        await client.AskAsync(Wire.Write(4, "p", "x", "one more"));
        await client.AskAsync(Wire.Write(5, "p", "x", "0")); // forgotten by now
        await client.AskAsync(Wire.Write(6, "p", "x", "2")); // 0 again has pushed 1 out, and no other
        Assert.Equal(4098, child.WrittenBytes);
    }

    [Fact]
    public async Task A_parked_write_survives_a_resume_and_its_repetition_is_not_written_twice()
    {
        var (first, child) = await StartedAsync(room: 0);
        first.Send(Wire.Write(2, "p", "1234567890", "a"), Wire.Write(3, "p", "parked", "b"));
        Assert.Equal(Wire.WriteResult(2, "accepted"), await first.Frames.NextAsync());
        await SettledAsync(first);
        first.Leave();

        var second = await NewClient().AttachAsync(resume: first.SessionId);
        second.Send(Wire.Write(4, "p", "parked", "b"));
        await SettledAsync(second);
        child.TakeMore(1000);

        Assert.Equal(Wire.WriteResult(4, "accepted"), await second.Frames.NextAsync());
        await SettledAsync(second);
        Assert.Equal("1234567890parked", child.Written);
        Assert.Empty(first.Frames.Now());
    }

    [Fact]
    public async Task CloseStdin_closes_after_the_bytes_that_are_queued_and_later_writes_are_told_so()
    {
        var (client, child) = await StartedAsync(room: 2);
        client.Send(Wire.Write(2, "p", "12345", "a"), Wire.Write(3, "p", "67", "b", ",\"closeStdin\":true"), Wire.Write(4, "p", "8", "c"));

        Assert.Equal(
            [Wire.WriteResult(2, "accepted"), Wire.WriteResult(3, "accepted"), Wire.WriteResult(4, "stdinClosed")],
            await client.Frames.NextAsync(3));
        Assert.False(child.StdinClosed);
        child.TakeMore(100);
        await SettledAsync(client);
        Assert.Equal("1234567", child.Written);
        Assert.True(child.StdinClosed);
        Assert.Equal(Wire.WriteResult(5, "accepted"), await client.AskAsync(Wire.Write(5, "p", "67", "b", ",\"closeStdin\":true")));
    }

    [Fact]
    public async Task CloseStdin_with_no_bytes_closes_at_once()
    {
        var (client, child) = await StartedAsync(room: 100);

        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.AskAsync(Wire.Write(2, "p", "", "a", ",\"closeStdin\":true")));
        Assert.True(child.StdinClosed);
    }

    [Fact]
    public async Task CloseStdin_of_a_terminal_is_refused()
    {
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p").Replace("\"tty\":false", "\"tty\":true", StringComparison.Ordinal));
        await client.Frames.NextAsync();

        Assert.Equal(
            Wire.Error(3, -32602, "closeStdin is for piped stdin; write byte 4 (end of file) to a terminal"),
            await client.AskAsync(Wire.Write(3, "p", "x", "a", ",\"closeStdin\":true")));
        Assert.Equal(Wire.WriteResult(4, "accepted"), await client.AskAsync(Wire.Write(4, "p", "x", "a")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"closeStdin\":true")]
    public async Task A_write_that_finds_no_reader_is_told_so(string more)
    {
        var (client, child) = await StartedAsync(room: 100);
        child.BreakStdin();

        Assert.Equal(Wire.WriteResult(2, "stdinClosed"), await client.AskAsync(Wire.Write(2, "p", "x", "a", more)));
        Assert.Equal(Wire.WriteResult(3, "stdinClosed"), await client.AskAsync(Wire.Write(3, "p", "x", "a", more))); // it was not accepted before
    }

    [Fact]
    public async Task A_reader_that_goes_away_frees_parked_writes()
    {
        var (client, child) = await StartedAsync(room: 0);
        client.Send(Wire.Write(2, "p", "1234567890", "a"), Wire.Write(3, "p", "x", "b"));
        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.Frames.NextAsync());
        await SettledAsync(client);

        child.BreakStdin();
        child.TakeMore(0);

        Assert.Equal(Wire.WriteResult(3, "stdinClosed"), await client.Frames.NextAsync());
    }

    [Fact]
    public async Task A_process_without_a_pipe_takes_no_bytes()
    {
        var client = await AttachAsync();
        await StartAsync(client, "p");

        Assert.Equal(Wire.WriteResult(2, "stdinClosed"), await client.AskAsync(Wire.Write(2, "p", "x", "a")));
    }

    [Fact]
    public async Task Bad_base64_is_refused_by_whoever_decodes_it()
    {
        var (client, child) = await StartedAsync(room: 1 << 20);
        var bulk = new string('A', 300_000); // beyond what the decoder of frames does itself

        Assert.Equal(
            Wire.Error(2, -32602, "Invalid symbol 33, offset 0."),
            await client.AskAsync("""{"id":2,"method":"process/write","params":{"processId":"p","chunk":"!AAA","writeId":"a"}}"""));
        Assert.Equal(
            Wire.Error(3, -32602, "Invalid symbol 33, offset 0."),
            await client.AskAsync($$$"""{"id":3,"method":"process/write","params":{"processId":"p","chunk":"!{{{bulk}}}AAA","writeId":"a"}}"""));
        Assert.Equal(
            Wire.WriteResult(4, "accepted"),
            await client.AskAsync($$$"""{"id":4,"method":"process/write","params":{"processId":"p","chunk":"{{{bulk}}}","writeId":"a"}}"""));
        Assert.Equal(bulk.Length / 4 * 3, child.WrittenBytes);
    }

    private async Task<(TestClient Client, FakeChild Child)> StartedAsync(int room)
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        child.TakeAtMost(room);
        return (client, child);
    }

    private static IReadOnlyList<string> Sorted(IEnumerable<string> frames) => [.. frames.Order(StringComparer.Ordinal)];
}
