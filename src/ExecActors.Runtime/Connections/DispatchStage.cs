using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;

namespace ExecActors.Runtime.Connections;

/// <summary>The end of the inbound half: tells each message to the connection's actor, and after the hand-over straight to its session.</summary>
/// <remarks>
/// The hand-over keeps the order: the stage stops, tells the actor that everything before was told, and goes on with the session only when
/// the actor, having passed all of it on, says so. A message that was pulled before the stop is told to the actor, too, so that nothing is
/// held here when the stream ends. Pulls while the <see cref="RequestWindow"/> has room; without it, once there is a session, what may not pass
/// is put into the reserve, and the stage pulls until that is full, too.
/// </remarks>
internal sealed class DispatchStage : GraphStage<SinkShape<InboundMessage>>
{
    private readonly Inlet<InboundMessage> _in = new("Dispatch.in");

    /// <inheritdoc/>
    public override SinkShape<InboundMessage> Shape => new(_in);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ConnectionParts.Of(inheritedAttributes));

    /// <summary>The actor's hand on the stage.</summary>
    internal sealed class Switch
    {
        private volatile Action? _hold;
        private volatile Action<SessionProtocol.Attached>? _resume;
        private volatile Action? _discard;

        /// <summary>Stops telling the actor; answered by <see cref="ConnectionProtocol.HandOverReached"/>.</summary>
        public void Hold() => _hold?.Invoke();

        /// <summary>Goes on, with the session.</summary>
        public void Resume(SessionProtocol.Attached attached) => _resume?.Invoke(attached);

        /// <summary>The connection is closing: what still comes is dropped, so that its end is seen. Also ends a hand-over.</summary>
        public void Discard() => _discard?.Invoke();

        /// <summary>Called by the stage before it tells its first message.</summary>
        internal void Connect(Action hold, Action<SessionProtocol.Attached> resume, Action discard)
        {
            _hold = hold;
            _resume = resume;
            _discard = discard;
        }
    }

    private sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<InboundMessage> _in;
        private readonly IActorRef _connection;
        private readonly RequestWindow _window;
        private readonly RequestReserve _reserve;
        private readonly Switch _switch;
        private SessionProtocol.Attached? _attached;
        private bool _held;
        private bool _discarding;
        private bool _pulledWithoutRoom;

        public Logic(DispatchStage stage, ConnectionParts parts)
            : base(stage.Shape)
        {
            _in = stage._in;
            _connection = parts.Connection;
            _window = parts.Window;
            _reserve = parts.Reserve;
            _switch = parts.HandOver;
            SetHandler(_in, this);
        }

        public override void PreStart()
        {
            _switch.Connect(GetAsyncCallback(OnHold), GetAsyncCallback<SessionProtocol.Attached>(OnResume), GetAsyncCallback(OnDiscard));
            _window.OnRoom(GetAsyncCallback(GoOn));
            Pull(_in);
        }

        public override void PostStop() => _reserve.Dispose();

        public override void OnPush()
        {
            var message = Grab(_in);
            if (_discarding)
            {
                message.Payload?.Dispose();
                GoOn();
                return;
            }

            if (_pulledWithoutRoom && !_reserve.TryPass(message))
            {
                _reserve.Keep(message);
            }
            else
            {
                Dispatch(message);
            }

            if (_held)
            {
                ReachHandOver();
            }
            else
            {
                GoOn();
            }
        }

        private void OnHold()
        {
            _held = true;
            if (!HasBeenPulled(_in))
            {
                ReachHandOver(); // else the message on its way is the last that the actor is told
            }
        }

        private void ReachHandOver() => _connection.Tell(ConnectionProtocol.HandOverReached.Instance, ActorRefs.NoSender);

        private void OnResume(SessionProtocol.Attached attached)
        {
            _held = false;
            _attached = attached;
            _window.Hold(attached.HeldBytes); // no sooner: until here nothing may pass ahead of what waits for room
            GoOn();
        }

        private void OnDiscard()
        {
            _discarding = true;
            _held = false;
            _reserve.Dispose();
            GoOn();
        }

        private void Dispatch(InboundMessage message)
        {
            _window.Enter(message.Weight);
            if (_attached is { } attached)
            {
                attached.Session.Tell(new SessionProtocol.Inbound(attached.Epoch, message), ActorRefs.NoSender);
            }
            else
            {
                _connection.Tell(message, ActorRefs.NoSender);
            }
        }

        // When nothing is pulled here, the window calls back once there may be room.
        private void GoOn()
        {
            while (!_reserve.IsEmpty && _reserve.TryTake(_window.HasRoom(), out var kept))
            {
                Dispatch(kept);
            }

            if (_held || HasBeenPulled(_in) || IsClosed(_in))
            {
                return;
            }

            _pulledWithoutRoom = !_discarding && !(_reserve.IsEmpty && _window.HasRoom());
            if (!_pulledWithoutRoom || (_attached is not null && _reserve.HasRoom()))
            {
                Pull(_in);
            }
        }
    }
}
