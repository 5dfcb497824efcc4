using System.Net;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class ConnectionPlaceTests() : ConnectionTest(
    "execactors.limits { connections = 5, connections-per-principal = 4, handshakes = 3, handshakes-per-principal = 2 }")
{
    [Fact]
    public async Task Beyond_its_share_nobody_is_let_in_and_others_are()
    {
        for (var number = 0; number < 4; number++)
        {
            await ShakeHandsAsync(Of(1));
        }

        Assert.False(Gateway.HasRoomFor(Of(1).Principal));
        Assert.Contains("limits.connections-per-principal", (await Serve(Of(1))).Reason, StringComparison.Ordinal);
        await ShakeHandsAsync(Of(2));
        Assert.False(Gateway.HasRoomFor(Of(3).Principal));
    }

    [Fact]
    public async Task A_place_is_free_again_when_its_connection_has_ended()
    {
        var peer = Of(1);
        for (var number = 0; number < 3; number++)
        {
            await ShakeHandsAsync(Of(1));
        }

        var ended = Serve(peer);
        peer.End();
        await ended;
        using var bound = new CancellationTokenSource(TestTimeouts.Default);
        while (Room.Taken > 3)
        {
            await IdentityAsync(Connections); // the supervisor hears of the end a moment later
            bound.Token.ThrowIfCancellationRequested();
        }

        await ShakeHandsAsync(Of(1));
    }

    [Fact]
    public async Task Of_those_that_say_nothing_the_oldest_goes_when_one_more_comes()
    {
        ScriptedTransport[] silent = [Of(1), Of(2), Of(3)];
        foreach (var peer in silent)
        {
            _ = Serve(peer);
        }

        var newcomer = Of(4);
        await ShakeHandsAsync(newcomer);

        Assert.Equal(CloseReason.NoRoomForStrangers, await silent[0].ClosedAsync());
        await ShakeHandsAsync(silent[1], isServed: true);
        await ShakeHandsAsync(silent[2], isServed: true);
    }

    [Fact]
    public async Task One_peer_that_opens_and_says_nothing_pushes_out_its_own()
    {
        ScriptedTransport[] own = [Of(1), Of(1), Of(1)];
        var other = Of(2);
        _ = Serve(other);
        foreach (var peer in own)
        {
            _ = Serve(peer);
        }

        Assert.Equal(CloseReason.NoRoomForStrangers, await own[0].ClosedAsync());
        await ShakeHandsAsync(other, isServed: true);
    }

    [Fact]
    public async Task Whoever_has_shaken_hands_stays()
    {
        var known = Of(1);
        await ShakeHandsAsync(known);
        ScriptedTransport[] silent = [Of(2), Of(3), Of(4), Of(5)];
        foreach (var peer in silent)
        {
            _ = Serve(peer);
        }

        Assert.Equal(CloseReason.NoRoomForStrangers, await silent[0].ClosedAsync());
        known.Send(Wire.Status(3));
        Assert.Equal(Wire.Ready(3), await known.NextAsync());
    }

    private static ScriptedTransport Of(byte host) => new() { Principal = Principal.Anyone(new IPAddress([192, 0, 2, host])) };

    private async Task ShakeHandsAsync(ScriptedTransport peer, bool isServed = false)
    {
        if (!isServed)
        {
            _ = Serve(peer);
        }

        peer.Send(Wire.Initialize(1));
        await peer.NextAsync();
        peer.Send(Wire.Initialized, Wire.Status(2));
        Assert.Equal(Wire.Ready(2), await peer.NextAsync());
        await IdentityAsync(Connections);
    }
}
