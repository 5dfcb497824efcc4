using Akka.Actor;
using Akka.Streams;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;

using static ExecActors.Runtime.Connections.ConnectionProtocol;

namespace ExecActors.Runtime.Connections;

/// <summary>One socket or pipe: its stream graph, the handshake, and its end. After the handshake the client's messages go to the session.</summary>
/// <remarks>
/// Parent: ConnectionSupervisor. Children: none (the graph belongs to the supervisor's materializer).
/// Supervision: a failure stops it; the registry watches it and detaches its session.
/// Behaviours: AwaitingInitialize -> Opening -> AwaitingInitialized -> HandingOver -> Relaying -> Ending; any of them -> Ending.
/// Timers: the handshake's and the close's time-out; that of the answers to what came last before the end of input; while it waits for memory (<see cref="MessageRoom"/>), the patience of that; the end of what the peer was let in for, where that has one.
/// Owns: the transport, the outbox, the request window.
/// </remarks>
internal sealed partial class ConnectionActor : ActorBase, IWithTimers
{
    private static readonly TimeSpan _longestStep = TimeSpan.FromMinutes(1);

    private readonly long _number;
    private readonly IFrameTransport _transport;
    private readonly ConnectionEnvironment _environment;
    private readonly TaskCompletionSource<ConnectionEnd> _ended;
    private readonly IMaterializer _materializer;
    private readonly ConnectionParts _parts;
    private readonly Outbox _outbox;
    private readonly RequestWindow _window;
    private readonly DispatchStage.Switch _handOver;
    private readonly CancellationTokenSource _closed = new();
    private readonly Queue<InboundMessage> _early = new();
    private Action<InboundMessage> _handle;
    private RequestId _initializeId;
    private SessionProtocol.Attached? _attached;
    private string _reason = "";
    private bool _hasLeft;
    private bool _receiveEnded;
    private bool _sendEnded;
    private bool _isOpening;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public ConnectionActor(
        long number, IFrameTransport transport, ConnectionEnvironment environment, TaskCompletionSource<ConnectionEnd> ended, IMaterializer materializer)
    {
        _number = number;
        _transport = transport;
        _environment = environment;
        _ended = ended;
        _materializer = materializer;
        _parts = new ConnectionParts(Self, transport, environment, _closed.Token);
        _outbox = _parts.Outbox;
        _window = _parts.Window;
        _handOver = _parts.HandOver;
        _handle = OnBeforeInitialize;
        Become(ReceiveAny);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Serves a transport; <paramref name="ended"/> is completed at the end.</summary>
    public static Props Props(
        long number, IFrameTransport transport, ConnectionEnvironment environment, TaskCompletionSource<ConnectionEnd> ended, IMaterializer materializer) =>
        ActorProducer.PropsOf(() => new ConnectionActor(number, transport, environment, ended, materializer));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var settings = _environment.Settings;
        ConnectionLog.Opened(_environment.Log, _number, _transport.Peer);
        if (settings.Connection.HandshakeTimeout > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(HandshakeOverdue.Instance, HandshakeOverdue.Instance, settings.Connection.HandshakeTimeout);
        }

        var self = Self;
        _outbox.OnComplete(() => self.Tell(Closing.Instance, ActorRefs.NoSender));
        ConnectionGraph.Run(_materializer, _parts);
        AwaitExpiry();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _outbox.Complete(CloseReason.ServerShutdown);
        _closed.Cancel(); // a graph that still runs ends by this
        _closed.Dispose();
        ConnectionLog.Ended(_environment.Log, _number, _transport.Peer, _reason);
        _ended.TrySetResult(new ConnectionEnd(_reason));
    }

    /// <inheritdoc/>
    protected override bool Receive(object message) => ReceiveAny(message);

    private void AwaitInitialize()
    {
        _handle = OnBeforeInitialize;
        Become(ReceiveAny);
    }

    // One initialize is with the registry; what the client pipelined behind it waits for the outcome.
    private bool Opening(object message)
    {
        switch (message)
        {
            case SessionProtocol.Attached attached:
                _isOpening = false;
                _attached = attached;
                _handle = OnBeforeInitialized;
                Become(ReceiveAny);
                HandleEarly();
                GoOnDraining();
                return true;
            case RegistryProtocol.Refused refused:
                _outbox.Offer(AnswerFrames.Error(_initializeId, refused.Error));
                _isOpening = false;
                AwaitInitialize();
                HandleEarly();
                GoOnDraining();
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    // Everything goes on to the session, from here until the graph does it by itself.
    private bool Relaying(object message)
    {
        if (message is HandOverReached)
        {
            _handOver.Resume(_attached!);
            return true;
        }

        return ReceiveAny(message);
    }

    private bool Ending(object message)
    {
        switch (message)
        {
            case SessionProtocol.Attached attached:
                _attached = attached; // the peer left while the registry was asked
                TellRegistry();
                return true;
            case RegistryProtocol.Refused or HandOverReached:
                return true;
            case Disposed:
                Context.Stop(Self);
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    private bool ReceiveAny(object message)
    {
        switch (message)
        {
            case InboundMessage inbound:
                _handle(inbound);
                return true;
            case ReceiveEnded { IsEndOfInput: true } ended when _drained is null:
                Drain(ended);
                return true;
            case ReceiveEnded ended:
                OnReceiveEnded(ended);
                return true;
            case Idle:
                OnIdle();
                return true;
            case ActorIdentity:
                OnSessionCaughtUp();
                return true;
            case DrainOverdue:
                EndDraining();
                return true;
            case SendEnded ended:
                OnSendEnded(ended);
                return true;
            case Closing:
                OnClosing();
                return true;
            case Shutdown:
                Close(CloseReason.ServerShutdown);
                return true;
            case HandshakeOverdue:
                Close(CloseReason.Violation(
                    $"no initialize and initialized within {_environment.Settings.Connection.HandshakeTimeout.TotalSeconds:0.###} s (connection.handshake-timeout)"));
                return true;
            case MakeRoom:
                Close(CloseReason.NoRoomForStrangers);
                return true;
            case AdmissionCheck:
                AwaitExpiry();
                return true;
            case CloseOverdue:
                _closed.Cancel();
                return true;
            case RoomAwaited or RoomFound or RoomOverdue:
                OnRoom(message);
                return true;
            default:
                return false;
        }
    }

    // In short steps: a clock that is set, or a machine that slept, moves the end, and it may be further off than a timer reaches.
    private void AwaitExpiry()
    {
        if (_transport.AdmittedUntil is not { } end)
        {
            return;
        }

        var left = end - Context.System.Scheduler.Now;
        if (left <= TimeSpan.Zero)
        {
            Close(CloseReason.TokenExpired);
            return;
        }

        Timers.StartSingleTimer(AdmissionCheck.Instance, AdmissionCheck.Instance, left < _longestStep ? left : _longestStep);
    }

    private void BeginEnding()
    {
        _handle = message => message.Payload?.Dispose();
        Become(Ending);
    }

    private void OnBeforeInitialize(InboundMessage message)
    {
        _window.Settle(requests: 1, message.Weight);
        switch (message.Kind)
        {
            case InboundKind.Request when message is { Method: WireMethod.Initialize, Params: InitializeParams initialize }:
                _initializeId = message.Id;
                var link = new ConnectionLink(Self, _outbox, _window, message.Id, initialize.ClientName, _transport.Principal);
                _environment.Registry.Tell(new RegistryProtocol.Open(link, initialize.ResumeSessionId, initialize.Takeover));
                _handle = _early.Enqueue;
                _isOpening = true;
                Become(Opening);
                break;
            case InboundKind.Notification when message.Method == WireMethod.Initialized:
                Close(CloseReason.Violation("initialized came before a successful initialize"));
                break;
            case InboundKind.Request or InboundKind.Unparsable or InboundKind.Notification or InboundKind.Response:
            default:
                Refuse(message, Errors.NotInitialized);
                break;
        }
    }

    private void OnBeforeInitialized(InboundMessage message)
    {
        if (message.Kind == InboundKind.Notification && message.Method == WireMethod.Initialized)
        {
            _window.Settle(requests: 1, message.Weight);
            Timers.Cancel(HandshakeOverdue.Instance);
            Context.Parent.Tell(Known.Instance);
            _handOver.Hold();
            _handle = Relay;
            Become(Relaying);
            return;
        }

        _window.Settle(requests: 1, message.Weight);
        if (message is { Kind: InboundKind.Request, Method: WireMethod.Initialize, Problem: null })
        {
            _outbox.Offer(AnswerFrames.Error(message.Id, Errors.InitializeTwice));
            return;
        }

        Refuse(message, Errors.InitializedMissing);
    }

    private void Refuse(InboundMessage message, Func<string, RpcError> stateError)
    {
        message.Payload?.Dispose();
        switch (message.Kind)
        {
            case InboundKind.Request:
                _outbox.Offer(AnswerFrames.Error(message.Id, message.Problem ?? stateError(WireMethods.Of(message.Method).Family)));
                break;
            case InboundKind.Unparsable:
                _outbox.Offer(AnswerFrames.Error(message.Id, message.Problem!.Value));
                break;
            case InboundKind.Notification:
                ConnectionLog.IgnoredNotification(_environment.Log, _number, message.MethodName);
                break;
            case InboundKind.Response:
                Close(CloseReason.Violation("a response came, but this server asked nothing"));
                break;
            default:
                throw new InvalidOperationException($"a message of kind {message.Kind} is not known");
        }
    }

    private void HandleEarly()
    {
        for (var left = _early.Count; left > 0; left--)
        {
            _handle(_early.Dequeue()); // which may begin another opening: the rest queues up again behind it
        }
    }

    private void Relay(InboundMessage message) => _attached!.Session.Tell(new SessionProtocol.Inbound(_attached.Epoch, message));

    private void OnReceiveEnded(ReceiveEnded ended)
    {
        _receiveEnded = true;
        _hasLeft = ended.SaidGoodbye && _outbox.Closing is null; // what answers a close of ours is no goodbye
        Note(ended.Reason);
        TellRegistry();
        _outbox.Complete(CloseReason.Normal);
        EndIfBothEnded();
    }

    private void OnSendEnded(SendEnded ended)
    {
        _sendEnded = true;
        Note(ended.Reason);
        TellRegistry();
        _outbox.Complete(CloseReason.Normal); // nobody takes what is still offered
        EndIfBothEnded();
    }

    private void Close(CloseReason reason)
    {
        _outbox.Complete(reason); // which comes back as Closing
        BeginEnding();
    }

    // Whoever closes, this actor, its session or the stage that receives: from here on the peer has so much time and no more, or one
    // that reads nothing would hold its place, and its session's next takeover, for good.
    private void OnClosing()
    {
        var reason = _outbox.Closing!.Value;
        if (reason != CloseReason.Normal)
        {
            ConnectionLog.ClosedByServer(_environment.Log, _number, _transport.Peer, reason.Text);
        }

        _handOver.Discard(); // neither a hand-over nor a full window may keep the stream from the peer's end
        BeginEnding();
        if (!_receiveEnded || !_sendEnded)
        {
            StartCloseTimer();
        }
    }

    private void EndIfBothEnded()
    {
        BeginEnding();
        if (_receiveEnded && _sendEnded)
        {
            Timers.CancelAll();
            _ = _transport.DisposeAsync().AsTask().PipeTo(Self, success: () => Disposed.Instance, failure: _ => Disposed.Instance);
        }
    }

    private void StartCloseTimer()
    {
        if (!Timers.IsTimerActive(CloseOverdue.Instance))
        {
            var settings = _environment.Settings.Connection;
            var patience = _outbox.Closing == CloseReason.ServerShutdown ? settings.DrainTimeout : settings.CloseTimeout;
            Timers.StartSingleTimer(CloseOverdue.Instance, CloseOverdue.Instance, patience);
        }
    }

    private void TellRegistry()
    {
        if (_attached is { } attached)
        {
            _environment.Registry.Tell(new RegistryProtocol.ConnectionEnded(attached.Id, attached.Epoch, _hasLeft));
        }
    }

    private void Note(string reason)
    {
        if (_reason.Length == 0)
        {
            _reason = _outbox.Closing is { Text.Length: > 0 } closing ? closing.Text : reason;
        }
    }

    private sealed record HandshakeOverdue : INoSerializationVerificationNeeded
    {
        public static HandshakeOverdue Instance { get; } = new();
    }

    private sealed record AdmissionCheck : INoSerializationVerificationNeeded
    {
        public static AdmissionCheck Instance { get; } = new();
    }

    private sealed record Closing : INoSerializationVerificationNeeded
    {
        public static Closing Instance { get; } = new();
    }

    private sealed record CloseOverdue : INoSerializationVerificationNeeded
    {
        public static CloseOverdue Instance { get; } = new();
    }

    private sealed record Disposed : INoSerializationVerificationNeeded
    {
        public static Disposed Instance { get; } = new();
    }
}
