using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Workers;

using static ExecActors.Runtime.Http.HttpProtocol;

namespace ExecActors.Runtime.Http;

/// <summary>The HTTP requests of one attached connection: which are under way, which stream has which id, and who may begin.</summary>
/// <remarks>
/// Parent: the SessionActor, which makes it at the first HTTP request of an attachment and stops it at the attachment's end. Stopping is all
/// it takes: every request then drops its HTTP connection at once and nothing more is told. The session parks and passes on requests and
/// cancels, takes answers (ServiceProtocol.Answer, for a cancelled request perhaps two, of which the first counts) and notifications
/// (HttpProtocol.Delta, sent by the streams, whom it tells Admitted).
/// Children: one HttpStreamActor per streamed request. Requests with a response in one piece are tasks, which tell the session themselves.
/// Supervision: a failed stream is stopped; it tells its client itself. A failure here drops one message and nothing else.
/// Behaviours: one. Streams begin at once and are bounded by a refusal; other requests are bounded in number and wait in order.
/// Timers: one per request with a response in one piece that has a deadline; streams keep their own.
/// </remarks>
internal sealed partial class HttpActor : ResumingActor, IWithTimers
{
    private readonly HttpEnvironment _environment;
    private readonly long _epoch;
    private readonly NameLookup _lookup;
    private readonly BufferedExchange _exchange;
    private readonly Dictionary<string, IActorRef> _streams = new(StringComparer.Ordinal);
    private readonly List<(RequestRef Ref, IActorRef Stream)> _cancels = []; // answered when the stream has ended
    private long _number;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public HttpActor(HttpEnvironment environment, SessionWorkers names, long epoch)
        : base(environment.Log)
    {
        _environment = environment;
        _epoch = epoch;
        _lookup = new NameLookup(work => names.Run(new ActionRunnable(work)));
        _exchange = new BufferedExchange(environment.Engine, _lookup, environment.Settings, environment.Log);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The requests of one attachment.</summary>
    /// <param name="environment">What all of them need.</param>
    /// <param name="names">The session's share of the threads on which names are looked up.</param>
    /// <param name="epoch">The attachment.</param>
    public static Props Props(HttpEnvironment environment, SessionWorkers names, long epoch) =>
        ActorProducer.PropsOf(() => new HttpActor(environment, names, epoch));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Request request:
                OnRequest(request);
                return true;
            case Cancel cancel:
                OnCancel(cancel);
                return true;
            case Ended ended:
                OnEnded(ended);
                return true;
            case ServiceProtocol.AnswersTaken:
                BeginWaiting();
                return true;
            case DeadlineOver over:
                if (_buffered.Contains(over.Request))
                {
                    OnDeadline(over.Request);
                }

                return true; // else it had ended when its time did
            case HttpStreamActor.GivenUp:
                OnGivenUp(Sender);
                return true;
            case StreamOver over:
                Release(over);
                return true;
            case StreamEnded ended:
                OnStreamEnded(ended);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var request in _buffered)
        {
            request.Stop.Cancel();
            if (request.Waiting is not null)
            {
                request.Order.Body?.Dispose(); // nobody has taken it over
            }
        }
    }

    private void OnRequest(Request request)
    {
        if (request.Ref.Epoch != _epoch)
        {
            request.Body?.Dispose();
            return; // of another connection of the session
        }

        var call = Check(request, out var error);
        if (call is null)
        {
            request.Body?.Dispose();
            Answer(request.Ref, AnswerFrames.Error(request.Ref.Id, error));
            return;
        }

        var order = new HttpOrder(request.Ref, request.Params, call, request.Body, Context.Parent);
        if (request.Params.StreamResponse)
        {
            var stream = Context.ActorOf(HttpStreamActor.Props(order, _environment, _lookup), $"stream-{++_number}");
            _streams.Add(request.Params.RequestId, Context.WatchWith(stream, new StreamEnded(new StreamOver(request.Params.RequestId, stream))));
        }
        else
        {
            Take(order);
        }
    }

    // The reference server's order of refusals.
    private HttpCall? Check(Request request, out RpcError error)
    {
        if (request.Params.StreamResponse && _streams.ContainsKey(request.Params.RequestId))
        {
            error = Errors.HttpStreamActive(request.Params.RequestId);
            return null;
        }

        if (!HttpCall.TryMake(request.Params, _environment.Variables, out var call, out error))
        {
            return null;
        }

        if (request.Params.TimeoutMs == 0)
        {
            error = Errors.HttpTimedOut;
            return null;
        }

        if (request.Params.StreamResponse && _streams.Count >= _environment.Settings.StreamsPerConnection)
        {
            error = Errors.Limit("http.streams-per-connection");
            return null;
        }

        return call;
    }

    private void OnCancel(Cancel cancel)
    {
        foreach (var request in _buffered.Where(request => string.Equals(request.Order.Params.RequestId, cancel.Params.RequestId, StringComparison.Ordinal)).ToList())
        {
            GiveUp(request);
        }

        if (_streams.TryGetValue(cancel.Params.RequestId, out var stream))
        {
            _cancels.Add((cancel.Ref, stream));
            stream.Tell(HttpStreamActor.GiveUp.Instance);
        }
        else
        {
            Answer(cancel.Ref, AnswerFrames.Empty(cancel.Ref.Id));
        }
    }

    private void OnStreamEnded(StreamEnded ended)
    {
        Release(ended.Over);
        OnGivenUp(ended.Over.Stream);
    }

    /// <summary>The session has been told the last of a stream: cancels that waited for that are done.</summary>
    private void OnGivenUp(IActorRef stream)
    {
        foreach (var (cancel, _) in _cancels.Where(cancel => cancel.Stream.Equals(stream)))
        {
            Answer(cancel, AnswerFrames.Empty(cancel.Id));
        }

        _cancels.RemoveAll(cancel => cancel.Stream.Equals(stream));
    }

    private void Answer(in RequestRef request, ByteLease frame) => Context.Parent.Tell(ServiceProtocol.Answer.To(request, frame), Self);

    // The id may be another stream's by now.
    private void Release(StreamOver over)
    {
        if (_streams.TryGetValue(over.RequestId, out var stream) && stream.Equals(over.Stream))
        {
            _streams.Remove(over.RequestId);
        }
    }

    /// <summary>The client is told the last of a stream: from here on its id may be used again.</summary>
    internal sealed record StreamOver(string RequestId, IActorRef Stream) : INoSerializationVerificationNeeded;

    private sealed record StreamEnded(StreamOver Over) : INoSerializationVerificationNeeded;
}

/// <summary>A request that has been checked.</summary>
/// <param name="Ref">Names the request.</param>
/// <param name="Params">The request.</param>
/// <param name="Call">The same, checked.</param>
/// <param name="Body">Its body, owned by whoever carries the order out; null for none.</param>
/// <param name="Session">Gets answers and notifications.</param>
internal sealed record HttpOrder(RequestRef Ref, HttpRequestParams Params, HttpCall Call, PayloadBytes? Body, IActorRef Session);
