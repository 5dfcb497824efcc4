using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

/// <summary>Clients that ask for much and take nothing: what is made for them is bounded, and when they take it the rest follows.</summary>
public sealed class UntakenAnswerTests() : RuntimeTest(
    """
    execactors.limits { parked-bytes = 64KiB, workers-per-session = 2 }
    execactors.process { ring-bytes = 64KiB, spill-bytes = 1MiB, lag-bytes = 256KiB, stdin-queue-bytes = 10B }
    execactors.http.requests-per-connection = 2
    """,
    spills: true)
{
    private const int Bound = 64 * 1024;
    private const int PieceBytes = 16 * 1024;
    private const int Answer = 23 * 1024; // a piece in base64, and what is around it
    private const string Wait = ",\"waitMs\":1000";

    [Fact]
    public async Task Files_are_not_read_while_their_answers_are_not_taken()
    {
        Files.ResultBytes = PieceBytes;
        var client = await AttachAsync();
        client.Send(Enumerable.Range(2, 100).Select(id => $$$"""{"id":{{{id}}},"method":"fs/readFile","params":{"path":"file:///f{{{id}}}","sandbox":null}}"""));
        await UntilAsync(client, () => client.Outbox.QueuedBytes >= Bound, "answers wait");

        await TakeAllAsync(client, 100, mostBytes: Bound + (2 * Answer));
        Assert.Equal(100, Files.Performed);
    }

    [Fact]
    public async Task Requests_that_change_files_and_small_ones_are_performed_all_the_same()
    {
        var client = await AttachAsync();
        client.Outbox.Offer(Platform.ByteLease.CopyOf(new byte[Bound]));
        client.Send(
            """{"id":2,"method":"fs/getMetadata","params":{"path":"file:///a","sandbox":null}}""",
            """{"id":3,"method":"fs/writeFile","params":{"path":"file:///b","dataBase64":"","sandbox":null}}""",
            """{"id":4,"method":"fs/readDirectory","params":{"path":"file:///c","sandbox":null}}""");

        await UntilAsync(client, () => Files.Performed == 2, "two are performed");
        await client.Frames.NextAsync(4);
        Assert.Equal(3, Files.Performed);
    }

    [Fact]
    public async Task Reads_that_waited_for_output_are_answered_as_their_answers_are_taken()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        client.Send(Enumerable.Range(2, 60).Select(id => Wire.Read(id, "p", Wait)));
        await SettledAsync(client);
        child.Print(new byte[PieceBytes]);
        await SettledAsync(client);

        Assert.InRange(client.Outbox.QueuedBytes, Bound, Bound + (2 * Answer)); // one of them is the notification
        var answers = await TakeAllAsync(client, 61, mostBytes: Bound + (2 * Answer));
        Assert.Equal(60, answers.Count(answer => answer.Contains("\"nextSeq\":2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Output_is_not_read_back_from_disk_while_answers_are_not_taken()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        for (var piece = 0; piece < 20; piece++)
        {
            child.Print(new byte[PieceBytes]);
            await client.Frames.NextAsync();
        }

        await UntilAsync(client, () => Spill.Files.Count == 1, "there is a file");
        client.Send(Enumerable.Range(2, 40).Select(id => Wire.Read(id, "p", $",\"maxBytes\":{PieceBytes}")));
        await UntilAsync(client, () => client.Outbox.QueuedBytes >= Bound, "answers wait");

        var answers = await TakeAllAsync(client, 40, mostBytes: Bound + (2 * Answer));
        Assert.Equal(Enumerable.Range(2, 40), answers.Select(IdOf));
    }

    [Fact]
    public async Task A_process_is_not_forgotten_before_the_reads_of_it_are_answered()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Print(new byte[PieceBytes]);
        child.Finish(0);
        await client.Frames.NextAsync(3);
        client.Outbox.Offer(Platform.ByteLease.CopyOf(new byte[Bound]));
        client.Send(Wire.Read(2, "p"), Wire.Read(3, "p"));
        await SettledAsync(client);
        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);

        await client.Frames.NextAsync();
        var answers = await client.Frames.NextAsync(2);
        Assert.Equal([2, 3], answers.Select(IdOf));
        Assert.All(answers, answer => Assert.Contains("\"closed\":true", answer, StringComparison.Ordinal));
        await SettledAsync(client);
        Assert.Equal(Wire.Error(4, -32600, "unknown process id p"), await client.AskAsync(Wire.Read(4, "p")));
    }

    [Fact]
    public async Task Http_requests_do_not_begin_while_answers_are_not_taken()
    {
        Web.Body = new string('x', PieceBytes);
        var client = await AttachAsync();
        client.Send(Enumerable.Range(2, 60).Select(id =>
            $$$"""{"id":{{{id}}},"method":"http/request","params":{"method":"GET","url":"http://a/","requestId":"r{{{id}}}"}}"""));
        await UntilAsync(client, () => client.Outbox.QueuedBytes >= Bound, "answers wait");

        var answers = await TakeAllAsync(client, 60, mostBytes: Bound + (3 * Answer));
        Assert.All(answers, answer => Assert.Contains("\"status\":200", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_comes_back_is_answered_whatever_the_one_before_did_not_take()
    {
        Files.ResultBytes = PieceBytes;
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Print(new byte[PieceBytes]);
        client.Send(Enumerable.Range(2, 50).Select(id => $$$"""{"id":{{{id}}},"method":"fs/readFile","params":{"path":"file:///f","sandbox":null}}"""));
        client.Send(Enumerable.Range(52, 50).Select(id => Wire.Read(id, "p")));
        await UntilAsync(client, () => client.Outbox.QueuedBytes >= Bound, "answers wait");
        client.Leave();
        var back = await NewClient().AttachAsync(resume: client.SessionId);

        Assert.Equal(2, IdOf(await back.AskAsync("""{"id":2,"method":"fs/readFile","params":{"path":"file:///f","sandbox":null}}""")));
        Assert.Equal(3, IdOf(await back.AskAsync(Wire.Read(3, "p"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_that_outlive_their_connection_count_in_the_next(bool takeover)
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        child.TakeAtMost(0);
        client.Send(Wire.Write(2, "p", new string('a', 10), "a"), Wire.Write(3, "p", new string('b', Bound), "b"));
        Assert.Equal(Wire.WriteResult(2, "accepted"), await client.Frames.NextAsync());
        await SettledAsync(client);
        if (!takeover)
        {
            client.Leave();
        }

        var back = await NewClient().AttachAsync(resume: client.SessionId, takeover);
        Assert.False(back.Window.HasRoom());
        back.Leave();
        var again = await NewClient().AttachAsync(resume: client.SessionId);
        Assert.False(again.Window.HasRoom());
        child.TakeMore(10);
        await SettledAsync(again);
        Assert.True(again.Window.HasRoom());
    }

    [Fact]
    public async Task Writes_of_a_process_that_is_gone_count_no_more()
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        child.TakeAtMost(0);
        client.Send(Wire.Write(2, "p", new string('a', 10), "a"), Wire.Write(3, "p", new string('b', Bound), "b"));
        await client.Frames.NextAsync();
        await SettledAsync(client);
        client.Leave();
        var back = await NewClient().AttachAsync(resume: client.SessionId);
        Assert.False(back.Window.HasRoom());

        child.BreakNextSignal();
        back.Send(Wire.Terminate(4, "p"));
        await UntilAsync(back, back.Window.HasRoom, "there is room");
    }

    private static int IdOf(string answer) => (int)Newtonsoft.Json.Linq.JObject.Parse(answer)["id"]!;

    // One after the other, as a slow socket does; what waits meanwhile never exceeds the bound.
    private async Task<List<string>> TakeAllAsync(TestClient client, int count, int mostBytes)
    {
        var frames = new List<string>();
        while (frames.Count < count)
        {
            await SettledAsync(client, rounds: 1);
            Assert.InRange(client.Outbox.QueuedBytes, 0, mostBytes);
            frames.Add(await client.Frames.NextAsync());
        }

        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());
        return frames;
    }
}
