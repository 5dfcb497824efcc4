using ExecActors.Runtime.Tests.Support;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Connections;

/// <summary>A connection whose input or output is full goes on for what frees it.</summary>
public sealed class ReserveTests() : ConnectionTest(
    """
    execactors {
      limits { parked-bytes = 64KiB, waiting-requests = 64, reserve-bytes = 20KiB }
      process.stdin-queue-bytes = 1B
    }
    """)
{
    private const int BigText = 3 * 1024; // 4 KiB as base64: more than the 1 KiB that is small here
    private const int Parked = 16;
    private const int Kept = 4; // 4 KiB and what is around it: one more fills the reserve

    [Fact]
    public async Task A_terminate_behind_more_writes_than_may_be_parked_is_seen_and_every_write_is_answered()
    {
        var (peer, child) = await StartedAsync();
        peer.Send(Enumerable.Range(100, 1 + Parked + Kept).Select(id => Big(id, "p")));
        Assert.Equal(Wire.WriteResult(100, "accepted"), await peer.NextAsync());

        peer.Send(Wire.Status(3), Wire.Signal(4, "p"), Wire.Read(5, "p"), Wire.Terminate(6, "p"));
        Assert.Equal(
            [Wire.Ready(3), Wire.Result(4, "{}"), Wire.ReadResult(5, nextSeq: 1), Wire.TerminateResult(6, running: true)], await peer.NextAsync(4));
        child.Finish(137);

        Assert.Equal(
            Sorted([.. Answers(Enumerable.Range(101, Parked + Kept), "stdinClosed"), Wire.Exited("p", 1, 137), Wire.Closed("p", 2)]),
            Sorted(await peer.NextAsync(Parked + Kept + 2)));
    }

    [Fact]
    public async Task Writes_that_were_kept_back_arrive_in_order_and_small_requests_of_others_pass_them()
    {
        var (peer, child) = await StartedAsync();
        var writes = Enumerable.Range(100, Parked + Kept).ToList();
        peer.Send(writes.Select(id => Big(id, "p")));
        peer.Send(Wire.Write(200, "p", "end", "end"), Wire.Start(3, "q"));
        Assert.Equal([Wire.WriteResult(100, "accepted"), Wire.StartResult(3, "q")], await peer.NextAsync(2));

        child.TakeMore(int.MaxValue);
        Assert.Equal(Answers(writes.Skip(1).Append(200), "accepted"), await peer.NextAsync(writes.Count));
        Assert.Equal(string.Concat(writes.Select(Text)) + "end", child.Written);
    }

    [Fact]
    public async Task With_the_reserve_full_nothing_is_read_until_there_is_room_and_then_everything()
    {
        const int More = 40;
        var (peer, child) = await StartedAsync();
        const int Taken = 1 + Parked + Kept + 1;
        var taken = peer.TakenAsync(Taken);
        var writes = Enumerable.Range(100, Taken + More).ToList();
        peer.Send(writes.Select(id => Big(id, "p")));
        await taken;
        Assert.Equal(Wire.WriteResult(100, "accepted"), await peer.NextAsync());
        Assert.Equal(More, peer.Unread);

        child.TakeMore(BigText);
        Assert.Equal(Wire.WriteResult(101, "accepted"), await peer.NextAsync());
        child.TakeMore(int.MaxValue);
        Assert.Equal(Answers(writes.Skip(2), "accepted"), await peer.NextAsync(writes.Count - 2));
        Assert.Equal(string.Concat(writes.Select(Text)), child.Written);
    }

    [Fact]
    public async Task A_client_that_takes_no_answers_can_end_a_process()
    {
        var (peer, child) = await StartedAsync();
        for (var i = 0; i < 4; i++)
        {
            child.Print(new byte[16 * 1024]);
            await peer.NextAsync();
        }

        // The first answer alone is more than may be queued; what comes behind it waits.
        peer.StopReading();
        peer.Send(Wire.Read(10, "p"), Wire.Read(11, "p"), Wire.Terminate(12, "p"));
        await child.EndedAsync();

        peer.ReadOn();
        Assert.Equal([10, 11, 12], (await peer.NextAsync(3)).Select(frame => (int)JObject.Parse(frame)["id"]!).Order());
    }

    [Fact]
    public async Task What_is_kept_back_goes_with_the_connection()
    {
        var (peer, sessionId, ended) = await ConnectAsync();
        var child = await StartAsync(peer);
        peer.Send(Enumerable.Range(100, 1 + Parked + Kept).Select(id => Big(id, "p")));
        peer.Send(Wire.Status(3));
        Assert.Equal([Wire.WriteResult(100, "accepted"), Wire.Ready(3)], await peer.NextAsync(2));
        peer.End();
        await ended;

        var next = await ResumeWhenFreeAsync(sessionId);
        next.Send(Wire.Terminate(4, "p"));
        Assert.Equal(Wire.TerminateResult(4, running: true), await next.NextAsync());
        Assert.Equal("", child.Written);
    }

    private static string Big(int id, string processId) => Wire.Write(id, processId, Text(id), $"w{id}");

    private static IReadOnlyList<string> Answers(IEnumerable<int> writes, string status) => [.. writes.Select(id => Wire.WriteResult(id, status))];

    private static IReadOnlyList<string> Sorted(IEnumerable<string> frames) => [.. frames.Order(StringComparer.Ordinal)];

    private static string Text(int id) => new((char)('a' + (id % 26)), BigText);

    private async Task<(ScriptedTransport Peer, FakeChild Child)> StartedAsync()
    {
        var (peer, _, _) = await ConnectAsync();
        return (peer, await StartAsync(peer));
    }

    // A process that does not read its input.
    private async Task<FakeChild> StartAsync(ScriptedTransport peer)
    {
        peer.Send(Wire.StartWithStdin(2, "p"));
        Assert.Equal(Wire.StartResult(2, "p"), await peer.NextAsync());
        var child = await Host.NextChildAsync();
        await child.BegunAsync();
        child.TakeAtMost(0);
        return child;
    }
}
