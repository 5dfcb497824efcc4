using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Http;

/// <summary>One HTTP request of a connection, from its arrival to its answer, and the stream of its body behind the answer.</summary>
/// <remarks>
/// Parent: HttpActor, which says when it may begin and learns of its end by watching it. Children: none.
/// Supervision: a failure stops it; PostStop then tells the client what it still waits for. Stopped from outside it drops its HTTP
/// connection and tells nothing.
/// Behaviours: Waiting (start) -> Sending -> Streaming -> Ending, or stopped with the answer where nothing streams.
/// Timers: the request's deadline, from the arrival on.
/// Input and output are tasks of the <see cref="HttpEngine"/> piped to the actor. A body is read into the actor's one buffer, and read on only
/// while fewer than <see cref="MaxDeltas"/> notifications wait to be admitted to the connection; so a slow client slows the other server.
/// </remarks>
internal sealed partial class HttpExchangeActor : ReceiveActor, IWithTimers
{
    private readonly HttpOrder _order;
    private readonly HttpEnvironment _environment;
    private readonly NameLookup _lookup;
    private readonly CancellationTokenSource _stop = new();
    private bool _isGivenUp;
    private bool _isAnswered;
    private bool _failed;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public HttpExchangeActor(HttpOrder order, HttpEnvironment environment, NameLookup lookup)
    {
        _order = order;
        _environment = environment;
        _lookup = lookup;
        Become(Waiting);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A request that has been checked. Does nothing before <see cref="Begin"/>.</summary>
    public static Props Props(HttpOrder order, HttpEnvironment environment, NameLookup lookup) =>
        Akka.Actor.Props.Create<HttpExchangeActor>(order, environment, lookup);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        // Longer than weeks is no deadline.
        if (_order.Params.TimeoutMs is { } milliseconds and <= int.MaxValue)
        {
            Timers.StartSingleTimer(Deadline.Instance, Deadline.Instance, TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception)
        {
            _failed = true;
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        DropBody();
        if (_failed)
        {
            HttpLog.ExchangeFailed(_environment.Log, _order.Params.RequestId);
            TellLoss();
        }
    }

    private void Waiting()
    {
        Receive<Begin>(_ => OnBegin());
        Receive<GiveUp>(_ => GiveUpWaiting(Errors.HttpCancelled));
        Receive<Deadline>(_ => GiveUpWaiting(Errors.HttpSendFailed(_order.Call.Url.ToString())));
    }

    private void Sending()
    {
        Receive<BufferedAnswer>(OnBuffered);
        Receive<Sent>(OnSent);
        Receive<SendBroke>(broke => throw new InvalidOperationException("the exchange failed outside of what is expected", broke.Error));
        Receive<GiveUp>(_ => OnGiveUpWhileSending());
        Receive<Deadline>(_ => _stop.Cancel()); // the task says in which phase it was
    }

    private void OnBegin()
    {
        ReadOnlyMemory<byte> body = default;
        if (_order.Body is { } payload)
        {
            // Not given back to the pool: the handler may still be sending it when all is over.
            if (!payload.TryDecode(out var lease, out var error))
            {
                Finish(AnswerFrames.Error(_order.Ref.Id, error));
                return;
            }

            body = lease.Memory;
        }

        Become(Sending);
        var first = HttpHop.First(_order.Call, body);
        if (_order.Params.StreamResponse)
        {
            _ = HttpSender.SendAsync(_environment.Engine, _lookup, first, _order.Params.RedirectPolicy, _stop.Token)
                .PipeTo(Self, success: Hand, failure: e => new SendBroke(e));
        }
        else
        {
            _ = new BufferedExchange(_environment.Engine, _lookup, _environment.Settings)
                .RunAsync(_order.Ref.Id, first, _order.Params.RedirectPolicy, _stop.Token)
                .PipeTo(Self, success: answer => answer, failure: e => new SendBroke(e));
        }
    }

    // Runs with the task, not with the actor.
    private Sent Hand(HttpOutcome outcome) =>
        new(outcome.Reply is { } reply ? new UnclaimedReply(reply, _stop.Token) : null, outcome.Error, outcome.Reason);

    private void OnBuffered(BufferedAnswer answer)
    {
        if (_isGivenUp)
        {
            answer.Frame.Dispose();
            Finish(AnswerFrames.Error(_order.Ref.Id, Errors.HttpCancelled));
            return;
        }

        if (answer.Reason is { } reason)
        {
            HttpLog.SendFailed(_environment.Log, _order.Params.RequestId, reason);
        }

        Finish(answer.Frame);
    }

    private void OnSent(Sent sent)
    {
        if (sent.Reply?.Claim() is { } reply)
        {
            BeginStream(reply);
            return;
        }

        if (sent.Reason is { } reason)
        {
            HttpLog.SendFailed(_environment.Log, _order.Params.RequestId, reason);
        }

        // A reply that was given up on its way came too late for the deadline, or for the client.
        var error = _isGivenUp ? Errors.HttpCancelled : sent.Reply is null ? sent.Error : Errors.HttpSendFailed(_order.Call.Url.ToString());
        Finish(AnswerFrames.Error(_order.Ref.Id, error));
    }

    private void OnGiveUpWhileSending()
    {
        _isGivenUp = true;
        _stop.Cancel();
    }

    private void GiveUpWaiting(RpcError why)
    {
        _order.Body?.Dispose();
        Finish(AnswerFrames.Error(_order.Ref.Id, why));
    }

    private void Finish(ByteLease answer)
    {
        Answer(answer);
        Context.Stop(Self);
    }

    private void Answer(ByteLease frame)
    {
        _isAnswered = true;
        _order.Session.Tell(new ServiceProtocol.Answer(_order.Ref, frame), Self);
    }

    private void TellLoss()
    {
        const string Text = "the server lost this request to an internal failure; send it again";
        if (!_isAnswered)
        {
            Answer(AnswerFrames.Error(_order.Ref.Id, Errors.Internal($"http/request failed: {Text}")));
        }
        else if (!_isLastTold)
        {
            TellDelta(default, done: true, Text);
        }
    }

    /// <summary>From the parent: there is a place for the request.</summary>
    internal sealed record Begin : INoSerializationVerificationNeeded
    {
        public static Begin Instance { get; } = new();
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
