using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit;

using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class DispatchStageTests : RuntimeTest
{
    private readonly TestProbe _connection;
    private readonly TestProbe _session;
    private readonly DispatchStage.Switch _handOver;
    private readonly RequestWindow _window;
    private readonly ISourceQueueWithComplete<InboundMessage> _source;

    public DispatchStageTests()
    {
        _connection = CreateTestProbe();
        _session = CreateTestProbe();
        var settings = Settings with { Limits = Settings.Limits with { InFlightRequests = 2 } };
#pragma warning disable CA2000 // nothing is received or sent
        var parts = new ConnectionParts(_connection.Ref, new ScriptedTransport(), new ConnectionEnvironment(ActorRefs.Nobody, settings, Lines), CancellationToken.None);
#pragma warning restore CA2000
        _window = parts.Window;
        _handOver = parts.HandOver;
        _source = Source.Queue<InboundMessage>(16, OverflowStrategy.Backpressure)
            .To(Sink.FromGraph(new DispatchStage())).WithAttributes(new Attributes(parts)).Run(Sys.Materializer());
    }

    [Fact]
    public async Task After_the_hand_over_messages_go_to_the_session_and_none_overtakes_another()
    {
        await ToldAsync(1);
        _handOver.Hold();
        await SendAsync(2);
        await SendAsync(3);

        // The actor passes on what it was told before the hand-over; what comes after waits until it says so.
        await ExpectAsync(_connection, 2);
        await _connection.ExpectMsgAsync<ConnectionProtocol.HandOverReached>();
        _window.Settle(requests: 2, bytes: 0);
        _handOver.Resume(new SessionProtocol.Attached(new SessionId("s"), 7, _session.Ref, HeldBytes: 0));

        var inbound = await _session.ExpectMsgAsync<SessionProtocol.Inbound>();
        Assert.Equal((7, Id(3)), (inbound.Epoch, inbound.Message.Id));
    }

    [Fact]
    public async Task A_message_that_meets_the_hand_over_is_told_although_the_stream_ends_behind_it()
    {
        await ToldAsync(1);
        _handOver.Hold();
        await SendAsync(2);
        _source.Complete();

        await ExpectAsync(_connection, 2);
    }

    [Fact]
    public async Task A_hand_over_while_the_window_is_full_is_reached_at_once()
    {
        await ToldAsync(1);
        await ToldAsync(2); // the window has two places
        _handOver.Hold();

        await _connection.ExpectMsgAsync<ConnectionProtocol.HandOverReached>();
        _handOver.Resume(new SessionProtocol.Attached(new SessionId("s"), 7, _session.Ref, HeldBytes: 0));
        _window.Settle(requests: 2, bytes: 0);
        await SendAsync(3);
        Assert.Equal(Id(3), (await _session.ExpectMsgAsync<SessionProtocol.Inbound>()).Message.Id);
    }

    [Fact]
    public async Task What_earlier_connections_left_counts_from_the_hand_over_on()
    {
        await ToldAsync(1);
        _handOver.Hold();
        await SendAsync(2);
        await ExpectAsync(_connection, 2);
        _window.Settle(requests: 2, bytes: 0);
        _handOver.Resume(new SessionProtocol.Attached(new SessionId("s"), 7, _session.Ref, Settings.Limits.ParkedBytes));

        await SendAsync(3); // is answered at once, and so passes what is kept back
        Assert.Equal(Id(3), (await _session.ExpectMsgAsync<SessionProtocol.Inbound>()).Message.Id);
        Assert.False(_window.HasRoom());
    }

    private static Protocol.RequestId Id(int number) => Protocol.RequestId.FromNumber(number);

    private static async Task ExpectAsync(TestProbe probe, int number) => Assert.Equal(Id(number), (await probe.ExpectMsgAsync<InboundMessage>()).Id);

    private async Task ToldAsync(int number)
    {
        await SendAsync(number);
        await ExpectAsync(_connection, number);
    }

    private Task<IQueueOfferResult> SendAsync(int number) => _source.OfferAsync(Wire.Decode(Wire.Status(number)));
}
