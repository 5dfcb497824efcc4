using ExecActors.Runtime.Tests.Support;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class FailureTests : RuntimeTest
{
    private const string Failure = "the server lost this process to an internal failure and killed it; start it again";

    [Fact]
    public async Task The_end_of_a_process_whose_actor_failed_is_numbered_told_and_kept_readable()
    {
        var (client, child) = await FailingAsync("one", "two");
        client.Send(Wire.Write(2, "p", "x", "w"));

        Assert.Equal(
            [Wire.Error(2, -32603, Failure), Wire.Exited("p", 3, -1), Wire.Closed("p", 4)],
            await client.Frames.NextAsync(3));
        Assert.Equal([9], child.Signals);
        Assert.True(child.IsReleased);
        Assert.Equal([$"session {client.SessionId[..8]}: the actor of process p failed; its process group was killed"], Lines.At(LogLevel.Error));
        Assert.Equal(
            Wire.ReadResult(3, nextSeq: 5, exitCode: -1, closed: true, failure: Failure),
            await client.AskAsync(Wire.Read(3, "p", ",\"waitMs\":1000")));
        Assert.Equal(Wire.WriteResult(4, "stdinClosed"), await client.AskAsync(Wire.Write(4, "p", "x", "w")));
        Assert.Equal(Wire.Result(5, "{}"), await client.AskAsync(Wire.Signal(5, "p")));
        Assert.Equal(Wire.TerminateResult(6, running: false), await client.AskAsync(Wire.Terminate(6, "p")));
        Assert.Equal(0, Places.Taken);
    }

    [Fact]
    public async Task Requests_that_wait_for_a_process_whose_actor_failed_are_answered_and_other_processes_go_on()
    {
        var (client, _) = await FailingAsync();
        var other = await StartAsync(client, "other");
        client.Send(Wire.Read(2, "p", ",\"waitMs\":1000"), Wire.Read(3, "other", ",\"waitMs\":1000"));
        await SettledAsync(client);

        client.Send(Wire.Write(4, "p", "x", "w"));
        Assert.Equal(
            [Wire.Error(4, -32603, Failure), Wire.Error(2, -32603, Failure), Wire.Exited("p", 1, -1), Wire.Closed("p", 2)],
            await client.Frames.NextAsync(4));

        other.Print("hi");
        Assert.Equal([Wire.Output("other", 1, "hi"), Wire.ReadResult(3, nextSeq: 2, Wire.Chunk(1, "hi"))], await client.Frames.NextAsync(2));
    }

    [Fact]
    public async Task The_id_of_a_process_whose_actor_failed_is_free_after_the_linger_of_a_closed_one()
    {
        var (client, _) = await FailingAsync();
        client.Send(Wire.Write(2, "p", "x", "w"));
        await client.Frames.NextAsync(3);
        await SettledAsync(client);

        Clock.Advance(Settings.Process.Linger - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Wire.Error(3, -32600, "process p already exists"), await client.AskAsync(Wire.Start(3, "p")));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await SettledAsync(client);

        await StartAsync(client, "p");
    }

    [Fact]
    public async Task A_failure_while_no_connection_is_there_is_found_by_the_next_one()
    {
        var (first, child) = await FailingAsync("one");
        first.Leave();
        await SettledAsync(first);
        child.Print("two");
        await SettledAsync(first);
        child.BreakNextGrant();
        child.Print("three");
        await SettledAsync(first);

        var second = await NewClient().AttachAsync(resume: first.SessionId);
        Assert.Equal(Wire.ReadResult(2, nextSeq: 5, exitCode: -1, closed: true, failure: Failure), await second.AskAsync(Wire.Read(2, "p")));
        Assert.Empty(second.Frames.Now());
    }

    [Fact]
    public async Task What_a_process_told_without_its_session_counts_when_its_actor_fails()
    {
        var (client, child) = await FailingAsync([.. Enumerable.Repeat("by the session", 20)]);
        await SettledAsync(client); // by now it has a lane
        child.Print("by the lane");
        Assert.Equal(Wire.Output("p", 21, "by the lane"), await client.Frames.NextAsync());

        client.Send(Wire.Write(2, "p", "x", "w"));
        Assert.Equal(
            [Wire.Error(2, -32603, Failure), Wire.Exited("p", 22, -1), Wire.Closed("p", 23)],
            await client.Frames.NextAsync(3));
    }

    [Fact]
    public async Task An_exit_that_was_numbered_but_not_told_is_told_in_the_place_of_the_failed_actor()
    {
        var (client, child) = await FailingAsync();
        client.Frames.ReturnsCredit = false;
        var piece = new byte[60_000]; // two frames of a process are its turn
        for (var i = 0; i < 40; i++)
        {
            child.Print(piece);
        }

        child.Exit(0);
        await SettledAsync(client);
        child.BreakNextSignal();
        client.Send(Wire.Terminate(2, "p")); // which fails the actor
        await SettledAsync(client);
        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();

        var frames = new List<string>();
        do
        {
            frames.Add(await client.Frames.NextAsync());
        }
        while (!frames[^1].Contains("process/closed", StringComparison.Ordinal));

        var told = frames.Count(frame => frame.Contains("process/output", StringComparison.Ordinal));
        Assert.InRange(told, 2, 39);
        Assert.Equal([Wire.Exited("p", told + 1, 0), Wire.Closed("p", told + 2)], frames[^2..]);
    }

    private async Task<(TestClient Client, FakeChild Child)> FailingAsync(params IReadOnlyCollection<string> pieces)
    {
        var client = await AttachAsync();
        var child = await StartWithStdinAsync(client, "p");
        child.BreakNextWrite();
        foreach (var piece in pieces)
        {
            child.Print(piece);
        }

        await client.Frames.NextAsync(pieces.Count);
        return (client, child);
    }
}
