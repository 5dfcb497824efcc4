using Akka.Streams;
using Akka.Streams.Stage;

using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Connections;

/// <summary>The outbox as a source: one wake-up when a frame meets an idle connection, none while it is busy.</summary>
/// <remarks>A pull ends in a push, in completion once the outbox is closing and empty, or asleep with the wake-up armed.</remarks>
internal sealed class OutboxSource : GraphStage<SourceShape<OutboundFrame>>
{
    private readonly Outlet<OutboundFrame> _out = new("Outbox.out");

    /// <inheritdoc/>
    public override SourceShape<OutboundFrame> Shape => new(_out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ConnectionParts.Of(inheritedAttributes));

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<OutboundFrame> _out;
        private readonly Outbox _outbox;
        private readonly RequestWindow _window;

        public Logic(OutboxSource stage, ConnectionParts parts)
            : base(stage.Shape)
        {
            _out = stage._out;
            _outbox = parts.Outbox;
            _window = parts.Window;
            SetHandler(_out, this);
        }

        public override void PreStart() => _outbox.OnWake(GetAsyncCallback(DeliverIfAsked));

        public override void OnPull()
        {
            _window.WakeIfBlocked(); // a pull says that the frame before is out
            DeliverIfAsked();
        }

        public override void PostStop()
        {
            while (_outbox.TryTake(out var frame))
            {
                frame.Bytes.Dispose();
            }
        }

        private void DeliverIfAsked()
        {
            if (!IsAvailable(_out))
            {
                return; // the send in progress pulls when it is done
            }

            do
            {
                if (_outbox.TryTake(out var frame))
                {
                    Push(_out, frame);
                    return;
                }

                if (_outbox.Closing is not null && _outbox.IsEmpty)
                {
                    CompleteStage();
                    return;
                }
            }
            while (!_outbox.TrySleep());
        }
    }
}
