using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Connections;

/// <summary>The transport's receiving half as a source of whole frames. A frame belongs to whoever it is pushed to.</summary>
/// <remarks>
/// Every pull ends in exactly one of: a push, a completion, or a pending receive whose callback goes on here. A frame over the limit
/// completes the outbox with 1009; what the peer still sends is read and dropped, so that it can read the reason, until it closes too.
/// The end is told to the connection's actor, after every frame before it was pushed.
/// </remarks>
internal sealed class ReceiveStage : GraphStage<SourceShape<ByteLease>>
{
    private readonly Outlet<ByteLease> _out = new("Receive.out");

    /// <inheritdoc/>
    public override SourceShape<ByteLease> Shape => new(_out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ConnectionParts.Of(inheritedAttributes));

    private sealed class Logic : OutGraphStageLogic
    {
        private const int DropBytes = 64 * 1024;

        private readonly Outlet<ByteLease> _out;
        private readonly IActorRef _connection;
        private readonly IFrameTransport _transport;
        private readonly Outbox _outbox;
        private readonly FrameAssembler _assembler;
        private readonly MessageLimit _limit;
        private readonly MessageRoom _room;
        private readonly ByteBudget _messages;
        private readonly CancellationToken _closed;
        private readonly Action _continuation;
        private Action _resume = () => { };
        private ValueTask<ReceiveOutcome> _pending;
        private CancellationTokenRegistration _cancelled;
        private byte[]? _dropBuffer;
        private bool _receiving; // a receive writes into our buffer
        private bool _waited; // the last receive was the empty one that only waits for data
        private bool _told;
        private Action _onRoom = () => { };
        private Action _giveUp = () => { };
        private Action _readOn = () => { };
        private ByteShare? _share; // of the message that comes
        private MessageRoom.Guest? _guest;
        private long _shared;
        private bool _awaitsRoom;
        private string? _lastReason; // the input has ended, and its last frame was pushed

        public Logic(ReceiveStage stage, ConnectionParts parts)
            : base(stage.Shape)
        {
            _out = stage._out;
            _connection = parts.Connection;
            _transport = parts.Transport;
            _outbox = parts.Outbox;
            _limit = parts.MessageLimit;
            _closed = parts.Closed;
            _room = parts.Room;
            _messages = parts.Messages;
            _assembler = FrameAssembler.For(_transport.Delimiter, parts.Settings.Connection.ReceiveBufferBytes, _limit.Bytes);
            _continuation = () => _resume();
            SetHandler(_out, this);
        }

        public override void PreStart()
        {
            _resume = GetAsyncCallback(OnReceived);
            _onRoom = GetAsyncCallback(OnRoom);
            _giveUp = GetAsyncCallback(OnGiveUp);
            _readOn = GetAsyncCallback(OnReadOn);
            _cancelled = _closed.Register(GetAsyncCallback(OnCancelled));
        }

        public override void PostStop()
        {
            _cancelled.Dispose();
            TellEnd("the stream was stopped");
            ForgetMessage();
            _share?.Dispose();
            if (_awaitsRoom)
            {
                _room.Wake(); // which takes this stage off those that wait
            }

            if (!_receiving)
            {
                _assembler.Dispose(); // else the buffer is left to the GC: the receive may still write into it
            }
        }

        public override void OnPull() => Deliver();

        private void OnReceived()
        {
            _receiving = false;
            if (Take(_pending))
            {
                Deliver();
            }
        }

        // Nothing is pending while the window is full: then the cancellation itself is the end. Else the receive ends with it.
        private void OnCancelled()
        {
            if (!_receiving)
            {
                TellEnd("closed");
                CompleteStage();
            }
        }

        // Goes round until a frame is pushed, the peer ends, or a receive is pending.
        private void Deliver()
        {
            if (_lastReason is not null)
            {
                TellEnd(_lastReason, _transport.PeerSaidGoodbye, isEndOfInput: true);
                CompleteStage();
                return;
            }

            _assembler.MaxBytes = _limit.Bytes;
            while (true)
            {
                if (_assembler.TryTake(out var frame))
                {
                    ForgetMessage();
                    _share = null; // it goes with the frame
                    Push(_out, frame);
                    return;
                }

                if (_assembler.Announced > MessageRoom.UncountedUpTo && !_assembler.IsTooLong && !HasRoom())
                {
                    return; // the room calls back
                }

                var receive = _transport.ReceiveAsync(NextBuffer(), _closed);
                if (!receive.IsCompleted || _assembler.IsTooLong)
                {
                    // What is dropped takes its turn: a peer that never stops must not keep the island from sending the close.
                    _receiving = true;
                    _pending = receive;
                    receive.GetAwaiter().UnsafeOnCompleted(_continuation);
                    return;
                }

                if (!Take(receive))
                {
                    return;
                }
            }
        }

        // As much as the frames have announced, at once: a message that has begun to come need not wait again, unless it is in fragments.
        private bool HasRoom()
        {
            var more = _assembler.Announced - _shared;
            if (more <= 0)
            {
                return true;
            }

            _share ??= new ByteShare(_messages);
            if (!_share.TryGrow(more))
            {
                _room.OnGivenBack(_onRoom);
                if (!_share.TryGrow(more)) // some may have been given back just before
                {
                    Await();
                    return false;
                }
            }

            Enter(_share, more);
            return true;
        }

        private void Enter(ByteShare share, long bytes)
        {
            _shared += bytes;
            _assembler.Count = share;
            if (_guest is null)
            {
                _room.Enter(_guest = new MessageRoom.Guest(_messages, _giveUp));
            }
        }

        private void Await()
        {
            if (!_awaitsRoom)
            {
                _awaitsRoom = true;
                _connection.Tell(new ConnectionProtocol.RoomAwaited(_guest, _readOn), ActorRefs.NoSender);
            }
        }

        private void OnRoom()
        {
            if (_awaitsRoom && !_assembler.IsTooLong && HasRoom())
            {
                EndWait();
                Deliver();
            }
        }

        private void OnReadOn()
        {
            if (_awaitsRoom && !_assembler.IsTooLong)
            {
                var share = _share ??= new ByteShare(_messages);
                var more = _assembler.Announced - _shared;
                share.Grow(more);
                Enter(share, more);
                EndWait();
                Deliver();
            }
        }

        private void EndWait()
        {
            _awaitsRoom = false;
            _connection.Tell(ConnectionProtocol.RoomFound.Instance, ActorRefs.NoSender);
        }

        private void OnGiveUp()
        {
            if (_guest is not null)
            {
                _outbox.Complete(CloseReason.TooSlow);
                _assembler.Refuse(); // what still comes is dropped, and what there is ends with the connection
                if (_awaitsRoom)
                {
                    EndWait();
                    Deliver();
                }
            }
        }

        private void ForgetMessage()
        {
            if (_guest is { } guest)
            {
                _room.Leave(guest);
                _guest = null;
                _shared = 0;
            }
        }

        private Memory<byte> NextBuffer()
        {
            if (_assembler.IsTooLong)
            {
                _outbox.Complete(_limit.Refusal);
                return _dropBuffer ??= BeginDropping();
            }

            _waited = _assembler.HoldsNothing && !_waited;
            return _waited ? Memory<byte>.Empty : _assembler.GetBuffer();
        }

        // Nothing is received into the message any more, and its memory is others'.
        private byte[] BeginDropping()
        {
            ForgetMessage();
            _share?.Dispose();
            _assembler.Dispose();
            return new byte[DropBytes];
        }

        private bool Take(ValueTask<ReceiveOutcome> receive)
        {
            ReceiveOutcome outcome;
            try
            {
#pragma warning disable VSTHRD002 // it has completed: this takes the result and does not wait
                outcome = receive.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            }
            catch (Exception e)
            {
                outcome = ReceiveOutcome.End(e.Message);
            }

            if (outcome.IsEndOfInput && _assembler.TryTakeLast(out var last))
            {
                _lastReason = outcome.EndReason ?? "ended";
                Push(_out, last);
                return false;
            }

            if (outcome.Ended)
            {
                TellEnd(outcome.EndReason ?? "ended", _transport.PeerSaidGoodbye, outcome.IsEndOfInput);
                CompleteStage();
                return false;
            }

            if (!_assembler.IsTooLong)
            {
                _assembler.Advance(outcome.Count, outcome.EndOfFrame, outcome.Expected);
            }

            return true;
        }

        private void TellEnd(string reason, bool saidGoodbye = false, bool isEndOfInput = false)
        {
            if (!_told)
            {
                _told = true;
                _connection.Tell(new ConnectionProtocol.ReceiveEnded(reason, saidGoodbye, isEndOfInput), ActorRefs.NoSender);
            }
        }
    }
}
