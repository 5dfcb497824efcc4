using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

using static ExecActors.Runtime.Http.HttpProtocol;

namespace ExecActors.Runtime.Http;

/// <summary>The HTTP requests of one attached connection: which are under way, which stream has which id, and who may begin.</summary>
/// <remarks>
/// Parent: the SessionActor, which makes it at the first HTTP request of an attachment and stops it at the attachment's end. Stopping is all
/// it takes: every exchange then drops its HTTP connection at once and nothing more is told. The session passes on requests and cancels,
/// takes answers (ServiceProtocol.Answer and Parked) and notifications (HttpProtocol.Delta, sent by the exchanges, whom it tells Admitted).
/// Children: one HttpExchangeActor per request.
/// Supervision: a failed exchange is stopped; it answers its request with an error itself. A failure here drops one message and no exchange.
/// Behaviours: one. Streams begin at once and are bounded by a refusal; other requests are bounded in number and wait in order.
/// Timers: none; each exchange keeps its own time, from its arrival on.
/// </remarks>
internal sealed class HttpActor : ResumingActor
{
    private const string BlockingDispatcher = "execactors.blocking-io";

    private readonly HttpEnvironment _environment;
    private readonly long _epoch;
    private readonly NameLookup _lookup;
    private readonly Dictionary<IActorRef, Exchange> _exchanges = [];
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);
    private readonly LinkedList<IActorRef> _waiting = new(); // those without a place, in order
    private readonly List<PendingCancel> _cancels = [];
    private int _running;
    private long _number;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public HttpActor(HttpEnvironment environment, long epoch)
        : base(environment.Log)
    {
        _environment = environment;
        _epoch = epoch;
        _lookup = new NameLookup(Context.System.Dispatchers.Lookup(BlockingDispatcher).Schedule);
        Receive<Request>(OnRequest);
        Receive<Cancel>(OnCancel);
        Receive<HttpExchangeActor.GivenUp>(_ => OnGivenUp(Sender));
        Receive<Terminated>(OnTerminated);
    }

    /// <summary>The requests of one attachment.</summary>
    /// <param name="environment">What all of them need.</param>
    /// <param name="epoch">The attachment.</param>
    public static Props Props(HttpEnvironment environment, long epoch) => Akka.Actor.Props.Create<HttpActor>(environment, epoch);

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

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

        Context.Parent.Tell(new ServiceProtocol.Parked(request.Ref), Self);
        var order = new HttpOrder(request.Ref, request.Params, call, request.Body, Context.Parent);
        var child = Context.Watch(Context.ActorOf(HttpExchangeActor.Props(order, _environment, _lookup), $"exchange-{++_number}"));
        _exchanges.Add(child, new Exchange(request.Params.RequestId, request.Params.StreamResponse));
        if (request.Params.StreamResponse)
        {
            _streams.Add(request.Params.RequestId);
            child.Tell(HttpExchangeActor.Begin.Instance);
        }
        else
        {
            _exchanges[child].Waiting = _waiting.AddLast(child);
            BeginWaiting();
        }
    }

    // The reference server's order of refusals.
    private HttpCall? Check(Request request, out RpcError error)
    {
        if (request.Params.StreamResponse && _streams.Contains(request.Params.RequestId))
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
        var named = _exchanges.Where(entry => string.Equals(entry.Value.RequestId, cancel.Params.RequestId, StringComparison.Ordinal))
            .Select(entry => entry.Key).ToHashSet();
        if (named.Count == 0)
        {
            Answer(cancel.Ref, AnswerFrames.Empty(cancel.Ref.Id));
            return;
        }

        Context.Parent.Tell(new ServiceProtocol.Parked(cancel.Ref), Self);
        _cancels.Add(new PendingCancel(cancel.Ref, named));
        foreach (var exchange in named)
        {
            exchange.Tell(HttpExchangeActor.GiveUp.Instance);
        }
    }

    private void OnGivenUp(IActorRef exchange)
    {
        for (var i = _cancels.Count - 1; i >= 0; i--)
        {
            var cancel = _cancels[i];
            if (cancel.Exchanges.Remove(exchange) && cancel.Exchanges.Count == 0)
            {
                _cancels.RemoveAt(i);
                Answer(cancel.Ref, AnswerFrames.Empty(cancel.Ref.Id));
            }
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_exchanges.Remove(terminated.ActorRef, out var exchange))
        {
            if (exchange.IsStream)
            {
                _streams.Remove(exchange.RequestId);
            }
            else if (exchange.Waiting is { } place)
            {
                _waiting.Remove(place);
            }
            else
            {
                _running--;
                BeginWaiting();
            }

            OnGivenUp(terminated.ActorRef);
        }
    }

    private void BeginWaiting()
    {
        while (_running < _environment.Settings.RequestsPerConnection && _waiting.First is { } next)
        {
            _waiting.RemoveFirst();
            _exchanges[next.Value].Waiting = null;
            _running++;
            next.Value.Tell(HttpExchangeActor.Begin.Instance);
        }
    }

    private void Answer(in RequestRef request, ByteLease frame) => Context.Parent.Tell(new ServiceProtocol.Answer(request, frame), Self);

    /// <summary>What is known of a child.</summary>
    private sealed class Exchange(string requestId, bool isStream)
    {
        public string RequestId => requestId;

        public bool IsStream => isStream;

        /// <summary>Where it waits for its turn; null for a stream and once it has begun.</summary>
        public LinkedListNode<IActorRef>? Waiting { get; set; }
    }

    /// <summary>A cancel that is answered when these are given up.</summary>
    private sealed record PendingCancel(RequestRef Ref, HashSet<IActorRef> Exchanges);
}

/// <summary>What an <see cref="HttpExchangeActor"/> is made for.</summary>
/// <param name="Ref">Names the request.</param>
/// <param name="Params">The request.</param>
/// <param name="Call">The same, checked.</param>
/// <param name="Body">Its body, owned by the exchange; null for none.</param>
/// <param name="Session">Gets answers and notifications.</param>
internal sealed record HttpOrder(RequestRef Ref, HttpRequestParams Params, HttpCall Call, PayloadBytes? Body, IActorRef Session);
