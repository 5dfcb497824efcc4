using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <summary>One streamed HTTP request of a connection, from its arrival to its answer and on to the last notification of its body.</summary>
/// <remarks>
/// Parent: HttpActor, which learns of its end by watching it. Children: none.
/// Supervision: a failure stops it; PostStop then tells the client what it still waits for. Stopped from outside it drops its HTTP
/// connection and tells nothing.
/// Behaviours: Sending (start) -> Streaming -> Ending; stopped with the answer where there is nothing to stream.
/// Timers: the request's deadline, from the arrival on.
/// Input and output are tasks of the <see cref="HttpEngine"/> piped to the actor. A body is read into the actor's one buffer, and read on only
/// while fewer than <see cref="MaxDeltas"/> notifications wait to be admitted to the connection; so a slow client slows the other server.
/// An UntypedActor: there is one per request, and the handlers of a ReceiveActor take longer to set up than a request to a near server takes.
/// </remarks>
internal sealed partial class HttpStreamActor : UntypedActor, IWithTimers
{
    private readonly HttpOrder _order;
    private readonly HttpEnvironment _environment;
    private readonly NameLookup _lookup;
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _bodyCount; // of the request's body
    private bool _isAnswered;
    private Exception? _failure;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public HttpStreamActor(HttpOrder order, HttpEnvironment environment, NameLookup lookup)
    {
        _order = order;
        _environment = environment;
        _lookup = lookup;
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A request that has been checked; it begins with the actor.</summary>
    public static Props Props(HttpOrder order, HttpEnvironment environment, NameLookup lookup) =>
        ActorProducer.PropsOf(() => new HttpStreamActor(order, environment, lookup));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (HttpDeadline.Of(_order.Params) is { } deadline)
        {
            Timers.StartSingleTimer(Deadline.Instance, Deadline.Instance, deadline);
        }

        Send();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message) => Sending(message);

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        _bodyCount?.Dispose();
        DropBody();
        if (_failure is not null)
        {
            HttpLog.ExchangeLost(_environment.Log, _failure, _order.Params.RequestId);
            TellLoss();
        }
    }

    private void Sending(object message)
    {
        switch (message)
        {
            case Sent sent:
                OnSent(sent);
                break;
            case SendBroke broke:
                throw new InvalidOperationException("the exchange failed outside of what is expected", broke.Error);
            case GiveUp:
                Finish(Errors.HttpCancelled);
                break;
            case Deadline:
                _stop.Cancel(); // the task says what it was at
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Send()
    {
        ReadOnlyMemory<byte> body = default;
        if (_order.Body is { } payload)
        {
            // Not given back to the pool: the handler may still be sending it when all is over.
            if (!payload.TryDecode(out var lease, out var error))
            {
                Finish(error);
                return;
            }

            body = lease.Memory;
            _bodyCount = lease.TakeCount();
        }

        _ = HttpSender.SendAsync(_environment.Engine, _lookup, HttpHop.First(_order.Call, body), _order.Params.RedirectPolicy, _stop.Token)
            .PipeTo(Self, success: Hand, failure: e => new SendBroke(e));
    }

    // Runs with the task, not with the actor.
    private Sent Hand(HttpOutcome outcome) =>
        new(outcome.Reply is { } reply ? new UnclaimedReply(reply, _stop.Token) : null, outcome.Error, outcome.Reason);

    private void OnSent(Sent sent)
    {
        if (sent.Reply?.Claim() is { } reply)
        {
            BeginStream(reply);
            return;
        }

        if (sent.Reason is { } reason)
        {
            HttpLog.ExchangeFailed(_environment.Log, _order.Params.RequestId, reason);
        }

        // A reply that was given up on its way came too late for the deadline.
        Finish(sent.Reply is null ? sent.Error : Errors.HttpSendFailed(_order.Call.Url.ToString()));
    }

    private void Finish(RpcError error)
    {
        Context.Parent.Tell(Over()); // the id is free before the client can know
        Answer(AnswerFrames.Error(_order.Ref.Id, error));
        Context.Stop(Self);
    }

    private void Answer(ByteLease frame)
    {
        _isAnswered = true;
        _order.Session.Tell(ServiceProtocol.Answer.To(_order.Ref, frame), Self);
    }

    private HttpActor.StreamOver Over() => new(_order.Params.RequestId, Self);

    private void TellLoss()
    {
        if (!_isAnswered)
        {
            Context.Parent.Tell(Over());
            Answer(AnswerFrames.Error(_order.Ref.Id, Errors.HttpLost));
        }
        else if (!_isLastTold)
        {
            TellDelta(default, done: true, Errors.HttpLostText);
        }
    }

    /// <summary>From the parent: the client does not want it any more. Answered by <see cref="GivenUp"/> or by the actor's end.</summary>
    internal sealed record GiveUp : INoSerializationVerificationNeeded
    {
        public static GiveUp Instance { get; } = new();
    }

    /// <summary>To the parent: the session has been told the last of it.</summary>
    internal sealed record GivenUp : INoSerializationVerificationNeeded
    {
        public static GivenUp Instance { get; } = new();
    }

    private sealed record Deadline : INoSerializationVerificationNeeded
    {
        public static Deadline Instance { get; } = new();
    }

    private sealed record Sent(UnclaimedReply? Reply, RpcError Error, string? Reason) : INoSerializationVerificationNeeded;

    private sealed record SendBroke(Exception Error) : INoSerializationVerificationNeeded;
}
