using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Connections;

/// <summary>Long messages of all connections share their memory.</summary>
public sealed class MessageRoomTests() : ConnectionTest(
    "execactors.limits.message-bytes = 1MiB, execactors.memory { message-bytes = 2MiB, message-bytes-per-principal = 1MiB, message-patience = 200ms }")
{
    private const int Length = 1024 * 1024;

    [Fact]
    public async Task A_message_waits_until_the_one_before_has_come_and_is_used_up()
    {
        var (first, second) = await BeginTwoAsync();
        second.Send(new Piece(new byte[Length - 1], EndOfFrame: true));
        Assert.InRange(second.Unread, 1, 2); // what is behind its first byte is not read

        first.Send(new Piece(new byte[Length - 2], EndOfFrame: true));
        Assert.Contains("\"error\"", await first.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"error\"", await second.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_does_not_come_ends_its_connection_while_others_wait()
    {
        var (first, second) = await BeginTwoAsync();
        Assert.Equal(CloseReason.TooSlow, await EndedAsync(first));
        second.Send(new Piece(new byte[Length - 1], EndOfFrame: true));
        Assert.Contains("\"error\"", await second.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_messages_in_fragments_that_wait_for_each_other_the_oldest_ends()
    {
        var first = await ReadyAsync();
        await BeginAsync(first, Length / 2);
        var second = await ReadyAsync();
        await BeginAsync(second, Length / 2);
        foreach (var peer in new[] { first, second })
        {
            peer.Send(new Piece(new byte[(Length / 2) - 2], EndOfFrame: false)); // the fragment ends, and a second one begins
            peer.Send(new Piece(new byte[1], EndOfFrame: false, Expected: Length / 4));
            peer.Send(new Piece(new byte[Length / 4], EndOfFrame: true));
        }

        Assert.Equal(CloseReason.TooSlow, await EndedAsync(first));
    }

    [Fact]
    public async Task Messages_of_others_do_not_wait_for_those_of_a_principal_that_has_used_up_its_share()
    {
        await BeginTwoAsync();
        var other = await ReadyAsync(Principal.Named("other"));
        other.Send(new Piece(new byte[1], EndOfFrame: false, Expected: Length - 1));
        other.Send(new Piece(new byte[Length - 1], EndOfFrame: true));
        Assert.Contains("\"error\"", await other.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_its_peer_breaks_off_leaves_its_room_to_the_next()
    {
        var (first, second) = await BeginTwoAsync();
        second.Send(new Piece(new byte[Length - 1], EndOfFrame: true));
        first.End();
        Assert.Contains("\"error\"", await second.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Short_messages_do_not_wait()
    {
        await BeginTwoAsync();
        await ReadyAsync();
    }

    // The first has its room when a second byte was taken of it.
    private async Task<(ScriptedTransport First, ScriptedTransport Second)> BeginTwoAsync()
    {
        var first = await ReadyAsync();
        await BeginAsync(first, Length);
        var second = await ReadyAsync();
        var taken = second.TakenAsync(1);
        second.Send(new Piece(new byte[1], EndOfFrame: false, Expected: Length - 1));
        await taken;
        return (first, second);
    }

    private static async Task BeginAsync(ScriptedTransport peer, int length)
    {
        var taken = peer.TakenAsync(2);
        peer.Send(new Piece(new byte[1], EndOfFrame: false, Expected: length - 1));
        peer.Send(new Piece(new byte[1], EndOfFrame: false, Expected: length - 2));
        await taken;
    }

    private async Task<ScriptedTransport> ReadyAsync(Principal? principal = null)
    {
        var peer = new ScriptedTransport { Principal = principal ?? Principal.Anyone(address: null) };
        _ = Serve(peer);
        peer.Send(Wire.Initialize(1));
        await peer.NextAsync();
        peer.Send(Wire.Initialized, Wire.Status(3));
        Assert.Contains("ready", await peer.NextAsync(), StringComparison.Ordinal);
        return peer;
    }

    // How long a message has been coming is real time, and who waits may not have come to wait yet: the clock is moved along with it.
    private async Task<CloseReason> EndedAsync(ScriptedTransport peer)
    {
        var closed = peer.ClosedAsync();
        var step = Settings.Memory.MessagePatience / 10;
        using var pace = new PeriodicTimer(step);
        while (!closed.IsCompleted && await pace.WaitForNextTickAsync())
        {
            Clock.Advance(step);
        }

        return await closed;
    }
}
