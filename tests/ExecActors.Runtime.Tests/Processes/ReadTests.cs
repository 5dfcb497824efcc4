using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class ReadTests : RuntimeTest
{
    private const string Wait = ",\"waitMs\":1000";

    [Fact]
    public async Task A_read_returns_the_chunks_after_a_number()
    {
        var (client, child) = await WithOutputAsync("one", "two", "three");
        child.Print("err", OutputStreamKind.Stderr);
        await SettledAsync(client);
        client.Frames.Now();

        Assert.Equal(
            Wire.ReadResult(2, nextSeq: 5, $"{Wire.Chunk(2, "two")},{Wire.Chunk(3, "three")},{Wire.Chunk(4, "err", "stderr")}"),
            await client.AskAsync(Wire.Read(2, "p", ",\"afterSeq\":1")));
    }

    [Theory]
    [InlineData(0, 1, 2)] // the first always goes whole
    [InlineData(5, 1, 2)]
    [InlineData(6, 2, 3)] // 3 + 3
    [InlineData(10, 2, 3)]
    [InlineData(11, 3, 4)] // 3 + 3 + 5
    public async Task A_budget_ends_the_list_after_the_last_chunk_that_fits(int maxBytes, int chunks, int nextSeq)
    {
        var (client, _) = await WithOutputAsync("one", "two", "three");

        var all = new[] { Wire.Chunk(1, "one"), Wire.Chunk(2, "two"), Wire.Chunk(3, "three") };
        Assert.Equal(
            Wire.ReadResult(2, nextSeq, string.Join(',', all.Take(chunks))),
            await client.AskAsync(Wire.Read(2, "p", $",\"maxBytes\":{maxBytes}")));
    }

    [Fact]
    public async Task The_next_number_is_the_counter_without_a_budget_and_one_after_the_last_chunk_with_one()
    {
        var (client, child) = await WithOutputAsync("one");
        child.Finish(3);
        await client.Frames.NextAsync(2);

        Assert.Equal(
            Wire.ReadResult(2, nextSeq: 4, Wire.Chunk(1, "one"), exitCode: 3, closed: true),
            await client.AskAsync(Wire.Read(2, "p")));
        Assert.Equal(
            Wire.ReadResult(3, nextSeq: 2, Wire.Chunk(1, "one"), exitCode: 3, closed: true),
            await client.AskAsync(Wire.Read(3, "p", ",\"maxBytes\":100")));
        Assert.Equal(
            Wire.ReadResult(4, nextSeq: 4, exitCode: 3, closed: true),
            await client.AskAsync(Wire.Read(4, "p", ",\"maxBytes\":100,\"afterSeq\":1")));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("1000")]
    [InlineData("18446744073709551615")]
    public async Task A_read_beyond_the_end_is_empty(string afterSeq)
    {
        var (client, _) = await WithOutputAsync("one");

        Assert.Equal(Wire.ReadResult(2, nextSeq: 2), await client.AskAsync(Wire.Read(2, "p", $",\"afterSeq\":{afterSeq}")));
    }

    [Fact]
    public async Task A_long_poll_is_answered_by_the_next_chunk()
    {
        var (client, child) = await WithOutputAsync();
        client.Send(Wire.Read(2, "p", Wait));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());

        child.Print("one");

        Assert.Equal([Wire.Output("p", 1, "one"), Wire.ReadResult(2, nextSeq: 2, Wire.Chunk(1, "one"))], await client.Frames.NextAsync(2));
        Clock.Advance(TimeSpan.FromSeconds(2));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
    }

    [Fact]
    public async Task A_long_poll_is_answered_empty_at_its_deadline()
    {
        var (client, _) = await WithOutputAsync();
        client.Send(Wire.Read(2, "p", Wait));
        await SettledAsync(client);

        Clock.Advance(TimeSpan.FromMilliseconds(999));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Wire.ReadResult(2, nextSeq: 1), await client.Frames.NextAsync());
    }

    [Fact]
    public async Task A_long_poll_without_a_bound_in_sight_waits()
    {
        var (client, child) = await WithOutputAsync();
        client.Send(Wire.Read(2, "p", ",\"waitMs\":18446744073709551615"));
        await SettledAsync(client);
        Clock.Advance(TimeSpan.FromDays(20));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());

        child.Print("one");
        Assert.Equal(Wire.ReadResult(2, nextSeq: 2, Wire.Chunk(1, "one")), (await client.Frames.NextAsync(2))[1]);
    }

    [Fact]
    public async Task A_long_poll_is_answered_by_the_exit_and_by_the_close()
    {
        var (client, child) = await WithOutputAsync();
        client.Send(Wire.Read(2, "p", Wait));
        await SettledAsync(client);

        child.Exit(0);
        Assert.Equal([Wire.Exited("p", 1, 0), Wire.ReadResult(2, nextSeq: 2, exitCode: 0)], await client.Frames.NextAsync(2));

        client.Send(Wire.Read(3, "p", Wait + ",\"afterSeq\":1")); // the exit is seen: this waits on, for late output or the close
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        child.EndOutput();
        Assert.Equal([Wire.Closed("p", 2), Wire.ReadResult(3, nextSeq: 3, exitCode: 0, closed: true)], await client.Frames.NextAsync(2));

        Assert.Equal(
            Wire.ReadResult(4, nextSeq: 3, exitCode: 0, closed: true),
            await client.AskAsync(Wire.Read(4, "p", Wait + ",\"afterSeq\":99")));
    }

    [Fact]
    public async Task A_long_poll_that_has_not_seen_the_exit_returns_at_once()
    {
        var (client, child) = await WithOutputAsync("one");
        child.Exit(5);
        await client.Frames.NextAsync();

        Assert.Equal(Wire.ReadResult(2, nextSeq: 3, exitCode: 5), await client.AskAsync(Wire.Read(2, "p", Wait + ",\"afterSeq\":1")));
    }

    [Fact]
    public async Task A_long_poll_goes_with_its_connection_and_its_deadline_means_nothing_to_the_next_one()
    {
        var (first, child) = await WithOutputAsync();
        first.Send(Wire.Read(2, "p", Wait));
        await SettledAsync(first);
        first.Leave();
        var second = await NewClient().AttachAsync(resume: first.SessionId);
        await SettledAsync(second);

        Clock.Advance(TimeSpan.FromSeconds(2));
        child.Print("one");
        await SettledAsync(second);

        Assert.Equal([Wire.Output("p", 1, "one")], second.Frames.Now());
        Assert.Empty(first.Frames.Now());
    }

    [Fact]
    public async Task Dropped_chunks_are_stated_with_the_first_number_that_is_left()
    {
        var (client, child) = await WithOutputAsync();
        client.Leave();
        await SettledAsync(client);
        var piece = new byte[64 * 1024];
        for (var i = 0; i < 20; i++)
        {
            child.Print(piece); // 20 of them, a ring of 16
        }

        await SettledAsync(client);
        Clock.Advance(Settings.Process.DetachedStall);
        await SettledAsync(client);
        var second = await NewClient().AttachAsync(resume: client.SessionId);

        var answer = Newtonsoft.Json.Linq.JObject.Parse(await second.AskAsync(Wire.Read(2, "p")))["result"]!;
        Assert.Equal(5, (int)answer["firstSeq"]!);
        Assert.Equal(21, (int)answer["nextSeq"]!);
        Assert.Equal(Enumerable.Range(5, 16), answer["chunks"]!.Select(chunk => (int)chunk["seq"]!));
        var rest = Newtonsoft.Json.Linq.JObject.Parse(await second.AskAsync(Wire.Read(3, "p", ",\"afterSeq\":4")))["result"]!;
        Assert.Null(rest["firstSeq"]); // nothing that was asked for is missing
        Assert.Equal(16, rest["chunks"]!.Count());
    }

    [Fact]
    public async Task Reads_wait_for_a_start_and_are_answered_by_it()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(Wire.Start(2, "p"), Wire.Read(3, "p"), Wire.Status(4));

        Assert.Equal(Wire.Ready(4), await client.Frames.NextAsync()); // nothing else waits
        gate.Open();
        Assert.Equal([Wire.StartResult(2, "p"), Wire.ReadResult(3, nextSeq: 1)], await client.Frames.NextAsync(2));
    }

    private async Task<(TestClient Client, FakeChild Child)> WithOutputAsync(params IReadOnlyCollection<string> pieces)
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        foreach (var piece in pieces)
        {
            child.Print(piece);
        }

        await client.Frames.NextAsync(pieces.Count);
        return (client, child);
    }
}
