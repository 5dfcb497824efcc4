using Akka.Streams;
using Akka.Streams.Stage;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Connections;

/// <summary>Turns each frame into a message. Never fails: what does not parse becomes a message that says so.</summary>
internal sealed class DecodeStage : GraphStage<FlowShape<ByteLease, InboundMessage>>
{
    private readonly Inlet<ByteLease> _in = new("Decode.in");
    private readonly Outlet<InboundMessage> _out = new("Decode.out");

    /// <inheritdoc/>
    public override FlowShape<ByteLease, InboundMessage> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ConnectionParts.Of(inheritedAttributes));

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly DecodeStage _stage;
        private readonly FrameDecoder _decoder;
        private readonly MessageLimit _limit;

        public Logic(DecodeStage stage, ConnectionParts parts)
            : base(stage.Shape)
        {
            _stage = stage;
            _decoder = new FrameDecoder(parts.Transport.Peer);
            _limit = parts.MessageLimit;
            SetHandlers(stage._in, stage._out, this);
        }

        public override void OnPush()
        {
            var message = _decoder.Decode(Grab(_stage._in));
            _limit.Saw(message);
            Push(_stage._out, message);
        }

        public override void OnPull() => Pull(_stage._in);
    }
}
