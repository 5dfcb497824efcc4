using ExecActors.Runtime.Tests.Support;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class HandshakeTests : ConnectionTest
{
    [Fact]
    public async Task A_handshake_and_requests_sent_in_one_go_are_answered_in_order()
    {
        var peer = new ScriptedTransport();
        peer.Send(Wire.Initialize(1), Wire.Initialized);
        peer.Send(Enumerable.Range(2, 500).Select(Wire.Status));
        _ = Serve(peer);

        var answers = await peer.NextAsync(501);

        Assert.Equal(Enumerable.Range(1, 501), answers.Select(answer => (int)JObject.Parse(answer)["id"]!));
    }

    [Fact]
    public async Task The_last_request_before_the_end_is_run_even_when_it_meets_the_hand_over()
    {
        // Many rounds, since the hand-over is a matter of threads; each one has to hold.
        for (var round = 0; round < 50; round++)
        {
            var peer = new ScriptedTransport();
            var ended = Serve(peer);
            peer.Send(Wire.Initialize(1));
            await peer.NextAsync();
            peer.Send(Wire.Initialized, Wire.Start(2, $"p{round}"));
            peer.End();
            await ended;
            await Host.NextChildAsync();
        }
    }

    [Theory]
    [InlineData("process/read", """{"processId":"p"}""", "exec")]
    [InlineData("process/terminate", """{"processId":"p"}""", "exec")]
    [InlineData("environment/info", "null", "environment info")]
    [InlineData("environment/status", "{}", "environment status")]
    public async Task Requests_before_the_handshake_are_refused_by_the_family_of_their_method(string method, string parameters, string family)
    {
        var request = $$"""{"id":"a","method":"{{method}}","params":{{parameters}}}""";
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        peer.Send(request);
        Assert.Equal(
            $$$"""{"error":{"code":-32600,"message":"client must call initialize before using {{{family}}} methods"},"id":"a"}""", await peer.NextAsync());

        peer.Send(Wire.Initialize(1));
        await peer.NextAsync();
        peer.Send(request);
        Assert.Equal(
            $$$"""{"error":{"code":-32600,"message":"client must send initialized before using {{{family}}} methods"},"id":"a"}""", await peer.NextAsync());
    }

    [Fact]
    public async Task Methods_and_params_are_looked_at_before_the_state()
    {
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        peer.Send("""{"id":1,"method":"no/such"}""", """{"id":2,"method":"process/read"}""", "no json", """{"id":3,"method":"initialize","params":{}}""");

        Assert.Equal(Wire.Error(1, -32601, "exec-server stub does not implement `no/such` yet"), await peer.NextAsync());
        Assert.Equal(Wire.Error(2, -32602, "invalid type: null, expected struct ReadParams"), await peer.NextAsync());
        var unparsable = JObject.Parse(await peer.NextAsync());
        Assert.Equal(-1, (int)unparsable["id"]!);
        Assert.StartsWith("failed to parse websocket JSON-RPC message from exec-server websocket 127.0.0.1:4711: ", (string)unparsable["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(Wire.Error(3, -32602, "missing field `clientName`"), await peer.NextAsync());
    }

    [Fact]
    public async Task A_failed_initialize_can_be_repeated_also_when_the_next_was_sent_before_the_answer()
    {
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        peer.Send(Wire.Initialize(1, "unknown"), Wire.Initialize(2, "unknown too"), Wire.Status(3), Wire.Initialize(4), Wire.Initialized, Wire.Status(5));

        Assert.Equal(Wire.Error(1, -32600, "unknown session id unknown"), await peer.NextAsync());
        Assert.Equal(Wire.Error(2, -32600, "unknown session id unknown too"), await peer.NextAsync());
        Assert.Equal(Wire.Error(3, -32600, "client must call initialize before using environment status methods"), await peer.NextAsync());
        Assert.Equal(4, (int)JObject.Parse(await peer.NextAsync())["id"]!);
        Assert.Equal(Wire.Ready(5), await peer.NextAsync());
    }

    [Fact]
    public async Task A_second_initialize_is_refused_before_and_after_initialized()
    {
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        peer.Send(Wire.Initialize(1), Wire.Initialize(2));
        await peer.NextAsync();
        Assert.Equal(Wire.Error(2, -32600, "initialize may only be sent once per connection"), await peer.NextAsync());
        peer.Send(Wire.Initialized, Wire.Initialize(3), Wire.Initialized, Wire.Status(4));

        Assert.Equal([Wire.Error(3, -32600, "initialize may only be sent once per connection"), Wire.Ready(4)], await peer.NextAsync(2));
    }

    [Fact]
    public async Task Unknown_notifications_are_ignored_at_any_time()
    {
        const string Unknown = """{"method":"$/cancelRequest","params":{"id":1}}""";
        var peer = new ScriptedTransport();
        _ = Serve(peer);
        peer.Send(Unknown, Wire.Initialize(1), Unknown, Wire.Initialized, Unknown, Wire.Status(2));

        Assert.Equal(Wire.Ready(2), (await peer.NextAsync(2))[1]);
    }

    [Fact]
    public async Task Initialized_before_initialize_closes_with_the_reason()
    {
        var peer = new ScriptedTransport();
        var ended = Serve(peer);
        peer.Send(Wire.Initialized);

        Assert.Equal(new(1008, "initialized came before a successful initialize"), await peer.ClosedAsync());
        Assert.Equal("initialized came before a successful initialize", (await ended).Reason);
    }

    [Theory]
    [InlineData("""{"id":1,"result":{}}""")]
    [InlineData("""{"id":1,"error":{"code":1,"message":"x"}}""")]
    public async Task A_response_closes_with_the_reason_and_leaves_the_session_to_be_resumed(string response)
    {
        var early = new ScriptedTransport();
        _ = Serve(early);
        early.Send(response);
        Assert.Equal(new(1008, "a response came, but this server asked nothing"), await early.ClosedAsync());

        var (peer, id, ended) = await ConnectAsync();
        peer.Send(response);
        Assert.Equal(new(1008, "a response came, but this server asked nothing"), await peer.ClosedAsync());
        await ended;
        await ResumeWhenFreeAsync(id);
    }

    [Fact]
    public async Task A_connection_that_does_not_finish_its_handshake_is_closed()
    {
        var silent = new ScriptedTransport();
        var half = new ScriptedTransport();
        var (done, _, _) = await ConnectAsync();
        done.Send(Wire.Status(2));
        await done.NextAsync();
        _ = Serve(silent);
        _ = Serve(half);
        half.Send(Wire.Initialize(1));
        await half.NextAsync();
        await IdentityAsync(Connections);
        await IdentityAsync(Sys.ActorSelection(Connections.Path / "connection-2"));

        Clock.Advance(Settings.Connection.HandshakeTimeout);

        var reason = new ExecActors.Runtime.Frames.CloseReason(1008, "no initialize and initialized within 120 s (connection.handshake-timeout)");
        Assert.Equal(reason, await silent.ClosedAsync());
        Assert.Equal(reason, await half.ClosedAsync());
        done.Send(Wire.Status(3));
        Assert.Equal(Wire.Ready(3), await done.NextAsync());
    }
}
