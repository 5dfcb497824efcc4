using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class CloseTests() : ConnectionTest("execactors.limits { connections = 2, in-flight-requests = 4, message-bytes = 64KiB }")
{
    [Fact]
    public async Task A_connection_ends_with_its_peer_and_its_session_can_be_resumed()
    {
        var (peer, id, ended) = await ConnectAsync();
        peer.End();

        Assert.Equal(new ConnectionEnd("the peer ended"), await ended);
        Assert.Equal(CloseReason.Normal, await peer.ClosedAsync());
        await peer.DisposedAsync();
        await ResumeWhenFreeAsync(id);
    }

    [Fact]
    public async Task What_was_answered_before_the_peer_ended_its_direction_is_sent()
    {
        var (peer, _, _) = await ConnectAsync();
        peer.StopReading();
        peer.Send(Wire.Status(2), Wire.Start(3, "p"));
        await (await Host.NextChildAsync()).BegunAsync(); // the start is answered before
        await IdentityAsync(Sys.ActorSelection("/user/sessions/session-1"));
        peer.End();
        peer.ReadOn();

        Assert.Equal([Wire.Ready(2), Wire.StartResult(3, "p")], await peer.NextAsync(2));
    }

    [Fact]
    public async Task A_peer_that_vanishes_while_the_registry_is_asked_leaves_a_session_that_expires()
    {
        var gate = await HoldAsync(Registry);
        var peer = new ScriptedTransport();
        var ended = Serve(peer);
        await IdentityAsync(Connections);
        var connection = await ResolveAsync("/user/connections/connection-1");
        peer.Send(Wire.Initialize(1));
        peer.End();
        await ended;
        await WatchEndAsync(connection);
        gate.Open();
        await IdentityAsync(Registry);
        var session = await ResolveAsync("/user/sessions/session-1");

        Clock.Advance(Settings.Session.Retention);

        await WatchEndAsync(session);
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_with_1009_and_what_the_peer_still_sends_is_dropped()
    {
        var (peer, id, ended) = await ConnectAsync();
        peer.EndsOnClose = false;
        for (var i = 0; i < 100; i++)
        {
            peer.Send(new Piece(new byte[4096], EndOfFrame: false));
        }

        Assert.Equal(new CloseReason(1009, "message is longer than 65536 bytes (limits.message-bytes)"), await peer.ClosedAsync());
        peer.End();
        await ended;
        await ResumeWhenFreeAsync(id);
    }

    [Fact]
    public async Task A_peer_that_never_stops_sending_an_endless_message_is_told_and_cut()
    {
        var peer = new ScriptedTransport { NeverStops = true, EndsOnClose = false };
        var ended = Serve(peer);

        Assert.Equal(1009, (await peer.ClosedAsync()).Code);
        await CutAsync();
        Assert.Equal("message is longer than 65536 bytes (limits.message-bytes)", (await ended).Reason);
    }

    [Fact]
    public async Task A_close_ends_while_the_window_is_full()
    {
        var (peer, _, ended) = await ConnectAsync();
        peer.EndsOnClose = false;
        peer.Send(Wire.Status(2));
        await peer.NextAsync();
        var gate = await HoldAsync(await ResolveAsync("/user/sessions/session-1"));
        var full = peer.TakenAsync(4); // as many may be under way
        peer.Send(Enumerable.Range(3, 20).Select(Wire.Status));
        await full;

        Connections.Tell(ConnectionProtocol.Drain.Instance, TestActor);
        await IdentityAsync(Connections);
        await CutAsync();

        await ExpectMsgAsync<ConnectionProtocol.Drained>();
        Assert.Equal("the server is shutting down", (await ended).Reason);
        gate.Open();
    }

    [Fact]
    public async Task A_close_that_meets_the_hand_over_still_sees_the_end_of_the_peer()
    {
        var peer = new ScriptedTransport { EndsOnClose = false };
        var ended = Serve(peer);
        peer.Send(Wire.Initialize(1));
        await peer.NextAsync();
        var connection = await ResolveAsync("/user/connections/connection-1");
        var gate = await HoldAsync(connection);
        var read = peer.TakenAsync(1);
        peer.Send(Wire.Initialized);
        await read;
        Connections.Tell(ConnectionProtocol.Drain.Instance, TestActor);
        await IdentityAsync(Connections);
        gate.Open();

        await peer.ClosedAsync();
        peer.Send(Wire.Status(2));
        peer.Send(Enumerable.Range(3, 20).Select(Wire.Status)); // and more than there are places
        peer.End();
        await ended; // without the close's time-out: nobody moved the clock
    }

    [Fact]
    public async Task A_drain_waits_for_a_silent_peer_for_less_long_than_a_close()
    {
        Assert.True(Settings.Connection.DrainTimeout < Settings.Connection.CloseTimeout);
        var (peer, _, ended) = await ConnectAsync();
        peer.EndsOnClose = false;
        Connections.Tell(ConnectionProtocol.Drain.Instance, TestActor);
        await peer.ClosedAsync();
        await CutAsync(Settings.Connection.DrainTimeout);

        await ExpectMsgAsync<ConnectionProtocol.Drained>();
        Assert.Equal("the server is shutting down", (await ended).Reason);
    }

    [Fact]
    public async Task A_drain_closes_all_with_1001_and_refuses_newcomers()
    {
        var (one, _, oneEnded) = await ConnectAsync();
        Connections.Tell(ConnectionProtocol.Drain.Instance, TestActor);

        Assert.Equal(CloseReason.ServerShutdown, await one.ClosedAsync());
        await ExpectMsgAsync<ConnectionProtocol.Drained>();
        Assert.Equal("the server is shutting down", (await oneEnded).Reason);
        var late = new ScriptedTransport();
        Assert.Equal("refused: the server is shutting down", (await Serve(late)).Reason);
        await late.DisposedAsync();
        Assert.Equal(0, Room.Taken);
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_refused_until_one_has_ended()
    {
        var (_, _, _) = await ConnectAsync();
        var (second, _, ended) = await ConnectAsync();
        Assert.False(Gateway.HasRoom);
        Assert.Equal("refused: limit reached: limits.connections", (await Serve(new ScriptedTransport())).Reason);

        second.End();
        await ended;
        await IdentityAsync(Connections);
        await ConnectAsync();
    }

    [Fact]
    public async Task A_connection_that_cannot_be_served_ends_and_gives_its_place_back()
    {
        var transport = new ScriptedTransport((FrameDelimiter)99);

        Assert.Equal("the connection could not be served", (await Serve(transport)).Reason);
        await transport.DisposedAsync();
        await IdentityAsync(Connections);
        Assert.Equal(0, Room.Taken);
    }

    [Theory]
    [InlineData(false)] // the peer reads, and does not answer the close
    [InlineData(true)] // the peer does not even read
    public async Task An_evicted_connection_whose_peer_is_silent_is_cut_so_that_the_next_takeover_is_possible(bool stopsReading)
    {
        var (old, id, ended) = await ConnectAsync();
        old.Send(Wire.Start(2, "p"));
        await old.NextAsync();
        old.AnswersClose = false;
        if (stopsReading)
        {
            old.StopReading();
            (await Host.NextChildAsync()).Print("never read");
        }

        var newcomer = await NewClient().AttachAsync(resume: id, takeover: true);
        Assert.Equal(-32010, (await NewClient().RefusedAsync(resume: id, takeover: true)).Code);
        await CutAsync();
        await ended;
        await SettledAsync(newcomer);

        await NewClient().AttachAsync(resume: id, takeover: true);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_close_for_its_violation_is_cut()
    {
        var (peer, id, ended) = await ConnectAsync();
        peer.AnswersClose = false;
        peer.Send("""{"id":1,"result":{}}""");
        await peer.ClosedAsync();

        await CutAsync();
        await ended;
        await ResumeWhenFreeAsync(id);
    }

    // The close's time-out, as soon as every connection has begun to wait for it.
    private async Task CutAsync(TimeSpan? after = null)
    {
        for (var number = 1; number <= 2; number++)
        {
            await IdentityAsync(Sys.ActorSelection(Connections.Path / $"connection-{number}"));
        }

        Clock.Advance(after ?? Settings.Connection.CloseTimeout);
    }
}
