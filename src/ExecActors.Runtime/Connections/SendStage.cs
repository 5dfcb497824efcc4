using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;

namespace ExecActors.Runtime.Connections;

/// <summary>The transport's sending half: one frame after the other, credit back in batches, the close at the end.</summary>
/// <remarks>
/// A push ends in a pull, or in a pending send whose callback pulls. When the outbox completes, the transport is closed with its reason
/// after the last frame; the end is told to the connection's actor.
/// </remarks>
internal sealed class SendStage : GraphStage<SinkShape<OutboundFrame>>
{
    private readonly Inlet<OutboundFrame> _in = new("Send.in");

    /// <inheritdoc/>
    public override SinkShape<OutboundFrame> Shape => new(_in);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ConnectionParts.Of(inheritedAttributes));

    private sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<OutboundFrame> _in;
        private readonly IActorRef _connection;
        private readonly IFrameTransport _transport;
        private readonly Outbox _outbox;
        private readonly int _returnFrom; // under this, more than three quarters of the credit are still with the session
        private readonly CancellationToken _closed;
        private readonly Action _continuation;
        private Action _resume = () => { };
        private ValueTask _pending;
        private OutboundFrame _frame;
        private int _credit;
        private bool _sending;
        private bool _closing;
        private bool _told;

        public Logic(SendStage stage, ConnectionParts parts)
            : base(stage.Shape)
        {
            _in = stage._in;
            _connection = parts.Connection;
            _transport = parts.Transport;
            _outbox = parts.Outbox;
            _returnFrom = parts.Settings.Session.CreditBytes / 4;
            _closed = parts.Closed;
            _continuation = () => _resume();
            SetHandler(_in, this);
        }

        public override void PreStart()
        {
            _resume = GetAsyncCallback(OnDone);
            SetKeepGoing(enabled: true); // the end comes after the close, not with the upstream's completion
            Pull(_in);
        }

        public override void PostStop()
        {
            _frame.Bytes?.Abandon(); // the transport may still be sending it
            TellEnd("the stream was stopped");
        }

        public override void OnPush()
        {
            _frame = Grab(_in);
            Await(_transport.SendAsync(_frame.Bytes.Memory, more: !_outbox.IsEmpty, _closed));
        }

        public override void OnUpstreamFinish()
        {
            if (!_sending)
            {
                Close();
            }
        }

        private void OnDone()
        {
            _sending = false;
            Complete(_pending);
        }

        private void Await(ValueTask task)
        {
            if (task.IsCompleted)
            {
                Complete(task);
                return;
            }

            _sending = true;
            _pending = task;
            task.GetAwaiter().UnsafeOnCompleted(_continuation);
        }

        private void Complete(ValueTask task)
        {
            try
            {
#pragma warning disable VSTHRD002 // it has completed: this takes the outcome and does not wait
                task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            }
            catch (Exception e)
            {
                _frame.Bytes?.Abandon();
                End(e.Message);
                return;
            }

            if (_closing)
            {
                End("closed: " + (_outbox.Closing?.Text ?? ""));
                return;
            }

            Account();
            if (IsClosed(_in))
            {
                Close();
            }
            else
            {
                Pull(_in);
            }
        }

        private void Account()
        {
            _outbox.Sent(_frame.Bytes.Length);
            _credit += _frame.Credit;
            _frame.Bytes.Dispose();
            _frame = default;
            if (_credit >= _returnFrom && _outbox.CreditTarget is { } target)
            {
                target.Session.Tell(new SessionProtocol.CreditReturned(target.Epoch, _credit), ActorRefs.NoSender);
                _credit = 0;
            }
        }

        private void Close()
        {
            _closing = true;
            Await(_transport.CloseAsync(_outbox.Closing ?? CloseReason.Normal, _closed));
        }

        private void End(string reason)
        {
            TellEnd(reason);
            CompleteStage();
        }

        private void TellEnd(string reason)
        {
            if (!_told)
            {
                _told = true;
                _connection.Tell(new ConnectionProtocol.SendEnded(reason), ActorRefs.NoSender);
            }
        }
    }
}
