using System.Globalization;

using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Tests.Support;

using Microsoft.Extensions.Logging;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Processes;

/// <summary>Output that does not fit into the ring, on files in memory.</summary>
public sealed class SpillTests() : RuntimeTest(
    """
    execactors.process { ring-bytes = 64KiB, spill-bytes = 1MiB, lag-bytes = 256KiB, read-ahead-bytes = 32KiB }
    """,
    spills: true)
{
    private const int PieceBytes = 32 * 1024;

    [Fact]
    public async Task Output_that_fits_into_the_ring_makes_no_file()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Print(Piece(1));
        child.Print(Piece(2));
        child.Finish(0);
        await client.Frames.NextAsync(4);

        Assert.Empty(Spill.Files);
        Assert.Equal(0, Disk.Taken);
    }

    [Fact]
    public async Task Output_beyond_the_ring_is_read_back_from_the_file_whole_and_in_order()
    {
        var (client, _) = await WithOutputAsync(pieces: 20);

        var answer = await ReadAsync(client, "");

        Assert.Single(Spill.Files);
        Assert.Null(answer["firstSeq"]);
        Assert.Equal(21, (int)answer["nextSeq"]!);
        AssertPieces(answer, 1, 20);
    }

    [Theory]
    [InlineData(0, 5 * PieceBytes, 5)]
    [InlineData(3, PieceBytes, 1)]
    [InlineData(19, 1, 1)]
    [InlineData(7, 100 * PieceBytes, 13)]
    public async Task A_read_from_any_number_keeps_to_its_budget(int afterSeq, int maxBytes, int count)
    {
        var (client, _) = await WithOutputAsync(pieces: 20);

        var answer = await ReadAsync(client, $",\"afterSeq\":{afterSeq},\"maxBytes\":{maxBytes}");

        AssertPieces(answer, afterSeq + 1, count);
        Assert.Equal(afterSeq + 1 + count, (int)answer["nextSeq"]!);
    }

    [Fact]
    public async Task The_circle_keeps_the_newest_and_states_the_gap()
    {
        var (client, _) = await WithOutputAsync(pieces: 100); // 32 of them fit

        var answer = await ReadAsync(client, "");

        var first = (int)answer["firstSeq"]!;
        Assert.InRange(first, 60, 69);
        AssertPieces(answer, first, 101 - first);
        Assert.True(Spill.Files.Single().Length <= 1 << 20);
    }

    [Fact]
    public async Task What_is_read_is_not_overwritten_meanwhile_and_the_process_waits_for_that()
    {
        var (client, child) = await WithOutputAsync(pieces: 32);
        var gate = Spill.HoldReads();
        client.Send(Wire.Read(2, "p"), Wire.Status(3));
        await gate.ReachedAsync();
        Assert.Equal(Wire.Ready(3), await client.Frames.NextAsync()); // nothing else waits for the disk
        var before = child.Granted(OutputStreamKind.Stdout);
        for (var number = 33; number <= 232; number++)
        {
            child.Print(Piece(number));
            await client.Frames.NextAsync();
        }

        await SettledAsync(client);
        Assert.InRange(child.Granted(OutputStreamKind.Stdout) - before, 1, 5 << 20); // 200 pieces are 6.25 MiB
        gate.Open();

        var answer = (JObject)JObject.Parse(await client.Frames.NextAsync())["result"]!;
        AssertPieces(answer, (int?)answer["firstSeq"] ?? 1, (int)answer["nextSeq"]! - ((int?)answer["firstSeq"] ?? 1));
    }

    [Fact]
    public async Task A_disk_that_is_slower_than_the_process_slows_the_process()
    {
        var gate = Spill.HoldWrites();
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        for (var number = 1; number <= 300; number++)
        {
            child.Print(Piece(number));
            await client.Frames.NextAsync();
        }

        await SettledAsync(client);
        Assert.InRange(child.Granted(OutputStreamKind.Stdout), 4 << 20, 5 << 20); // 300 pieces are 9.4 MiB
        gate.Open();
        await GrantedAsync(client, child, (300 * PieceBytes) + (32 * 1024));
    }

    [Theory]
    [InlineData(28, 0)]
    [InlineData(0, 28)]
    public async Task A_disk_that_is_full_leaves_the_ring_and_a_stated_gap(int createErrno, int writeErrno)
    {
        Spill.CreateErrno = createErrno;
        Spill.WriteErrno = writeErrno;
        var (client, child) = await WithOutputAsync(pieces: 40);
        await UntilAsync(client, () => Lines.At(LogLevel.Warning).Count > 0, "the failure is logged");
        await GrantedAsync(client, child, (40 * PieceBytes) + (32 * 1024));

        var answer = await ReadAsync(client, "");

        var first = (int)answer["firstSeq"]!;
        AssertPieces(answer, first, 41 - first);
        Assert.InRange(first, 38, 39);
        Assert.Contains(Lines.At(LogLevel.Warning), line => line.Contains("No space left on device", StringComparison.Ordinal));
        Assert.Equal(0, Disk.Taken);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_leaves_the_ring_and_a_stated_gap()
    {
        var (client, _) = await WithOutputAsync(pieces: 20);
        Spill.ReadErrno = 5;

        var answer = await ReadAsync(client, "");

        var first = (int)answer["firstSeq"]!;
        Assert.InRange(first, 2, 20);
        AssertPieces(answer, first, 21 - first);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task An_answer_under_way_when_its_connection_ends_confirms_nothing_for_the_next(int errno)
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        client.Leave();
        await SettledAsync(client);
        for (var number = 1; child.Granted(OutputStreamKind.Stdout) > child.Printed; number++)
        {
            child.Print(Piece(number));
            await SettledAsync(client);
            await UntilAsync(client, () => Spill.Files.Sum(file => file.WrittenBytes) >= (number - 3) * PieceBytes, "it is written");
            await SettledAsync(client);
        }

        var stopped = child.Granted(OutputStreamKind.Stdout);
        var gate = Spill.HoldReads();
        var second = await NewClient().AttachAsync(resume: client.SessionId);
        second.Send(Wire.Read(2, "p"));
        await gate.ReachedAsync();
        second.Leave();
        var third = await NewClient().AttachAsync(resume: client.SessionId);
        Spill.ReadErrno = errno;
        gate.Open();
        await ReadAsync(third, ",\"maxBytes\":1"); // its turn comes after that of the answer nobody hears
        await SettledAsync(third);
        if (errno == 0)
        {
            Assert.Equal(stopped, child.Granted(OutputStreamKind.Stdout));
        }

        var answer = await ReadAsync(third, "");
        var first = (int?)answer["firstSeq"] ?? 1;
        Assert.Equal(errno == 0, first == 1);
        AssertPieces(answer, first, (int)(child.Printed / PieceBytes) - first + 1);
    }

    [Fact]
    public async Task A_log_that_is_to_keep_less_gives_its_disk_space_back()
    {
        var (client, _) = await WithOutputAsync(pieces: 30);
        var actor = await ResolveAsync($"{client.Session.Path}/process-1");

        actor.Tell(new ProcessProtocol.Limit(64 * 1024, 256 * 1024), ActorRefs.NoSender);

        await UntilAsync(client, () => Spill.Files.Single().FreedBytes > 512 * 1024, "half of the file is freed");
        var answer = await ReadAsync(client, "");
        var first = (int)answer["firstSeq"]!;
        Assert.Equal(23, first);
        AssertPieces(answer, first, 31 - first);
    }

    [Fact]
    public async Task A_server_without_disk_space_keeps_the_ring()
    {
        Assert.True(Disk.TryTake(1L << 30));
        var (client, _) = await WithOutputAsync(pieces: 20);

        Assert.InRange((int)(await ReadAsync(client, ""))["firstSeq"]!, 18, 20);
        Assert.Empty(Spill.Files);
        Assert.Equal(1L << 30, Disk.Taken);
    }

    [Fact]
    public async Task A_client_may_ask_for_no_file()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p", ",\"outputRetention\":{\"spillBytes\":0}");
        for (var number = 1; number <= 10; number++)
        {
            child.Print(Piece(number));
            await client.Frames.NextAsync();
        }

        await SettledAsync(client);
        Assert.Equal(9, (int)(await ReadAsync(client, ""))["firstSeq"]!);
        Assert.Empty(Spill.Files);
    }

    [Theory]
    [InlineData("{\"ringBytes\":1000}", "outputRetention.ringBytes is 1000; this server takes 65536 to 65536 (process.ring-bytes)")]
    [InlineData("{\"ringBytes\":65537}", "outputRetention.ringBytes is 65537; this server takes 65536 to 65536 (process.ring-bytes)")]
    [InlineData("{\"spillBytes\":1048577}", "outputRetention.spillBytes is 1048577; this server takes 0 to 1048576 (process.spill-bytes)")]
    public async Task More_than_the_server_keeps_is_refused(string retention, string message)
    {
        var client = await AttachAsync();

        Assert.Equal(Wire.Error(2, -32602, message), await client.AskAsync(Wire.Start(2, "p", $",\"outputRetention\":{retention}")));
        await StartAsync(client, "p"); // the id is free
    }

    [Fact]
    public async Task The_file_goes_with_the_process()
    {
        var (client, child) = await WithOutputAsync(pieces: 20);
        child.Finish(0);
        await client.Frames.NextAsync(2);
        Assert.Equal(1, Spill.Open);
        var actor = await ResolveAsync($"{client.Session.Path}/process-1");

        Clock.Advance(Settings.Process.Linger);
        await WatchEndAsync(actor);

        await UntilAsync(client, () => Spill.Open == 0 && Disk.Taken == 0, "the file is closed");
    }

    [Fact]
    public async Task Reads_of_one_process_are_answered_in_order()
    {
        var (client, _) = await WithOutputAsync(pieces: 20);

        client.Send(Wire.Read(2, "p"), Wire.Read(3, "p", ",\"afterSeq\":19"), Wire.Read(4, "p", ",\"afterSeq\":2,\"maxBytes\":1"));

        var answers = await client.Frames.NextAsync(3);
        Assert.Equal([2, 3, 4], answers.Select(answer => (int)JObject.Parse(answer)["id"]!));
    }

    private async Task<(TestClient Client, FakeChild Child)> WithOutputAsync(int pieces)
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        for (var number = 1; number <= pieces; number++)
        {
            child.Print(Piece(number));
            await client.Frames.NextAsync();
        }

        // All but the ring is in the file, and so several batches were: what was in the first is in memory no more.
        var fails = Spill.CreateErrno != 0 || Spill.WriteErrno != 0 || Disk.Taken == 1L << 30;
        await UntilAsync(
            client, () => fails || Spill.Files.Sum(file => file.WrittenBytes) >= (Math.Min(pieces, 32) - 2) * PieceBytes, "the file has what the ring has not");
        await SettledAsync(client);
        return (client, child);
    }

    private Task GrantedAsync(TestClient client, FakeChild child, long bytes) =>
        UntilAsync(client, () => child.Granted(OutputStreamKind.Stdout) == bytes, $"{bytes} bytes may be read");

    private static async Task<JObject> ReadAsync(TestClient client, string more) =>
        (JObject)JObject.Parse(await client.AskAsync(Wire.Read(2, "p", more)))["result"]!;

    private static byte[] Piece(int number)
    {
        var text = number.ToString("D8", CultureInfo.InvariantCulture);
        return [.. Enumerable.Repeat(text, PieceBytes / 8).SelectMany(System.Text.Encoding.ASCII.GetBytes)];
    }

    private static void AssertPieces(JObject answer, int first, int count)
    {
        var chunks = answer["chunks"]!.ToList();
        Assert.Equal(Enumerable.Range(first, count), chunks.Select(chunk => (int)chunk["seq"]!));
        Assert.All(chunks, chunk => Assert.Equal(Piece((int)chunk["seq"]!), Convert.FromBase64String((string)chunk["chunk"]!)));
    }
}
