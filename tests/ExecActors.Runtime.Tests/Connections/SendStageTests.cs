using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit;

using ExecActors.Platform;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class SendStageTests : RuntimeTest
{
    private const int CreditBytes = 1000;
    private readonly TestProbe _connection;
    private readonly TestProbe _session;
#pragma warning disable CA2213 // nothing but the connection disposes a transport
    private readonly ScriptedTransport _peer = new();
#pragma warning restore CA2213
    private readonly Outbox _outbox;

    public SendStageTests()
    {
        _connection = CreateTestProbe();
        _session = CreateTestProbe();
        var settings = Settings with { Session = Settings.Session with { CreditBytes = CreditBytes } };
        var parts = new ConnectionParts(_connection.Ref, _peer, new ConnectionEnvironment(ActorRefs.Nobody, settings, Lines), CancellationToken.None);
        _outbox = parts.Outbox;
        _outbox.CreditTarget = new CreditTarget(_session.Ref, 7);
        Source.FromGraph(new OutboxSource()).To(Sink.FromGraph(new SendStage())).WithAttributes(new Attributes(parts)).Run(Sys.Materializer());
    }

    [Fact]
    public async Task Credit_comes_back_in_batches_of_a_quarter()
    {
        Offer("a", credit: 100);
        Offer("b", credit: 0);
        Offer("c", credit: 149);
        await _peer.NextAsync(3);
        Offer("d", credit: 1);
        Assert.Equal(new SessionProtocol.CreditReturned(7, 250), await _session.ExpectMsgAsync<SessionProtocol.CreditReturned>());

        Offer("e", credit: 900);
        Assert.Equal(new SessionProtocol.CreditReturned(7, 900), await _session.ExpectMsgAsync<SessionProtocol.CreditReturned>());
    }

    [Fact]
    public async Task Credit_is_not_returned_before_the_peer_took_the_frame()
    {
        _peer.StopReading();
        Offer("a", credit: 500);
        Offer("b", credit: 500);
        _session.Ref.Tell("nothing before", TestActor);
        await _session.ExpectMsgAsync("nothing before");

        _peer.ReadOn();
        Assert.Equal(new SessionProtocol.CreditReturned(7, 500), await _session.ExpectMsgAsync<SessionProtocol.CreditReturned>());
        Assert.Equal(["a", "b"], await _peer.NextAsync(2));
    }

    [Fact]
    public async Task The_close_follows_the_last_frame_and_the_end_follows_the_close()
    {
        _peer.StopReading();
        Offer("a");
        Offer("b");
        _outbox.Complete(CloseReason.TakenOver);
        _peer.ReadOn();

        Assert.Equal(["a", "b"], await _peer.NextAsync(2));
        Assert.Equal(CloseReason.TakenOver, await _peer.ClosedAsync());
        Assert.Equal("closed: session has been resumed by another connection", (await _connection.ExpectMsgAsync<ConnectionProtocol.SendEnded>()).Reason);
    }

    [Fact]
    public async Task A_peer_that_is_gone_is_the_end()
    {
        _peer.BreakSends(new IOException("gone"));
        Offer("a");

        Assert.Equal(new ConnectionProtocol.SendEnded("gone"), await _connection.ExpectMsgAsync<ConnectionProtocol.SendEnded>());
    }

    private void Offer(string text, int credit = 0) => _outbox.Offer(ByteLease.CopyOf(System.Text.Encoding.UTF8.GetBytes(text)), credit);
}
