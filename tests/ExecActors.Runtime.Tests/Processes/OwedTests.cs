using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Processes;

/// <summary>What a client may lack stays for its time, and a full log makes its process wait.</summary>
public sealed class OwedTests() : RuntimeTest(
    """
    execactors {
      process { ring-bytes = 256KiB, spill-bytes = 0, lag-bytes = 256KiB, read-ahead-bytes = 16KiB, detached-stall = 10s }
      output.swallowed-bytes = 128KiB
    }
    """)
{
    private const int PieceBytes = 16 * 1024;
    private const int FullPieces = 256 * 1024 / PieceBytes;
    private static readonly TimeSpan _stall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _instant = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_process_whose_log_is_full_waits_for_its_client_and_then_goes_on_without()
    {
        var (client, child) = await DetachedAsync(printed: 0);
        await PrintUntilStoppedAsync(client, child);
        var stopped = child.Granted(OutputStreamKind.Stdout);

        Clock.Advance(_stall - _instant);
        await SettledAsync(client);
        Assert.Equal(stopped, child.Granted(OutputStreamKind.Stdout));
        Clock.Advance(_instant);
        await SettledAsync(client);
        Assert.True(child.Granted(OutputStreamKind.Stdout) > stopped);

        await PrintAsync(client, child, 3 * FullPieces); // it does not wait again
        Assert.Equal(child.Printed + (16 * 1024), child.Granted(OutputStreamKind.Stdout));
        var second = await NewClient().AttachAsync(resume: client.SessionId);
        var first = (int)(await ReadAsync(second, 0))["firstSeq"]!;
        Assert.Equal((int)(child.Printed / PieceBytes) - FullPieces + 1, first);
    }

    [Fact]
    public async Task A_client_that_comes_back_in_time_finds_everything_and_the_process_goes_on_when_it_was_read()
    {
        var (client, child) = await DetachedAsync(printed: 0);
        await PrintUntilStoppedAsync(client, child);
        var count = (int)(child.Printed / PieceBytes);
        var stopped = child.Granted(OutputStreamKind.Stdout);
        Clock.Advance(_stall - _instant);

        var second = await NewClient().AttachAsync(resume: client.SessionId);
        await SettledAsync(second);
        Clock.Advance(_stall - _instant); // the time of the absence does not count any more
        await SettledAsync(second);
        Assert.Equal(stopped, child.Granted(OutputStreamKind.Stdout));
        AssertPieces(await ReadAsync(second, 0, maxBytes: 1), 1, 1);
        await SettledAsync(second);
        Assert.Equal(stopped, child.Granted(OutputStreamKind.Stdout)); // it has asked for the first piece, no more

        AssertPieces(await ReadAsync(second, 1), 2, count - 1);
        await SettledAsync(second);
        Assert.True(child.Granted(OutputStreamKind.Stdout) > stopped);
    }

    [Fact]
    public async Task A_client_that_confirms_piece_by_piece_makes_room_piece_by_piece()
    {
        var (client, child) = await DetachedAsync(printed: 0);
        await PrintUntilStoppedAsync(client, child);
        var stopped = child.Granted(OutputStreamKind.Stdout);
        var second = await NewClient().AttachAsync(resume: client.SessionId);
        for (var afterSeq = 1; afterSeq <= 5; afterSeq++)
        {
            await ReadAsync(second, afterSeq, maxBytes: 1);
        }

        await SettledAsync(second);
        Assert.True(child.Granted(OutputStreamKind.Stdout) > stopped);
    }

    [Fact]
    public async Task A_client_that_comes_back_and_does_not_ask_holds_its_process_for_its_time_only()
    {
        var (client, child) = await DetachedAsync(printed: 0);
        await PrintUntilStoppedAsync(client, child);
        var stopped = child.Granted(OutputStreamKind.Stdout);
        var second = await NewClient().AttachAsync(resume: client.SessionId);
        await SettledAsync(second);

        Clock.Advance(_stall - _instant);
        await SettledAsync(second);
        Assert.Equal(stopped, child.Granted(OutputStreamKind.Stdout));
        Clock.Advance(_instant);
        await SettledAsync(second);

        Assert.True(child.Granted(OutputStreamKind.Stdout) > stopped);
    }

    [Fact]
    public async Task What_a_connection_may_have_swallowed_is_owed_and_what_is_older_makes_room()
    {
        const int printed = 30; // 128 KiB on the wire are five of them
        var (client, child) = await DetachedAsync(printed);
        await PrintUntilStoppedAsync(client, child);
        var last = (int)(child.Printed / PieceBytes);
        Assert.InRange(last - printed, FullPieces - 6, FullPieces - 3);

        var second = await NewClient().AttachAsync(resume: client.SessionId);
        var answer = await ReadAsync(second, 0);
        Assert.InRange((int)answer["firstSeq"]!, printed - 6, printed - 3);
        Assert.Equal(last, (int)answer["chunks"]!.Last()["seq"]!);
    }

    [Fact]
    public async Task A_client_cut_again_while_it_catches_up_still_finds_what_it_came_for()
    {
        var (client, child) = await DetachedAsync(printed: 0);
        await PrintUntilStoppedAsync(client, child);
        var count = (int)(child.Printed / PieceBytes);
        var second = await NewClient().AttachAsync(resume: client.SessionId);
        await ReadAsync(second, 0); // all of it, and none of it arrives
        second.Leave();
        await SettledAsync(second);
        Clock.Advance(_stall - _instant);
        await SettledAsync(second);

        var third = await NewClient().AttachAsync(resume: client.SessionId);
        AssertPieces(await ReadAsync(third, 0), 1, count);
    }

    private async Task<(TestClient Client, FakeChild Child)> DetachedAsync(int printed)
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        for (var i = 0; i < printed; i++)
        {
            child.Print(new byte[PieceBytes]);
            await client.Frames.NextAsync();
        }

        client.Leave();
        await SettledAsync(client);
        return (client, child);
    }

    private async Task PrintUntilStoppedAsync(TestClient client, FakeChild child)
    {
        while (child.Printed + PieceBytes <= child.Granted(OutputStreamKind.Stdout))
        {
            Assert.True(child.Printed < 10 << 20, "the process is never stopped");
            await PrintAsync(client, child, 1);
        }
    }

    private async Task PrintAsync(TestClient client, FakeChild child, int pieces)
    {
        for (var i = 0; i < pieces; i++)
        {
            child.Print(new byte[PieceBytes]);
        }

        await SettledAsync(client);
    }

    private static async Task<JObject> ReadAsync(TestClient client, int afterSeq, int? maxBytes = null) => (JObject)JObject.Parse(
        await client.AskAsync(Wire.Read(2, "p", $",\"afterSeq\":{afterSeq}" + (maxBytes is { } bytes ? $",\"maxBytes\":{bytes}" : ""))))["result"]!;

    private static void AssertPieces(JObject answer, int first, int count)
    {
        Assert.Null(answer["firstSeq"]);
        Assert.Equal(Enumerable.Range(first, count), answer["chunks"]!.Select(chunk => (int)chunk["seq"]!));
    }
}
