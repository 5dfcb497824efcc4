using System.Text;

using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class FairOutputTests : IDisposable
{
    private readonly Outbox _outbox = new();
    private readonly OutboxReader _frames;
    private readonly FairOutput _output;
    private readonly IActorRef _a = new Nobody("a");
    private readonly IActorRef _b = new Nobody("b");
    private readonly IActorRef _c = new Nobody("c");

    public FairOutputTests()
    {
        _frames = new OutboxReader(_outbox, new RequestWindow(ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits, _outbox));
        _output = new FairOutput(_outbox, epoch: 1, creditBytes: 10);
    }

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_frame_passes_while_any_credit_is_left_and_may_overdraw_it()
    {
        Add(_a, "123456789");
        Add(_a, "overdraws");
        Add(_a, "waits");

        Assert.Equal(["123456789", "overdraws"], _frames.Now());
        Assert.Equal(-8, _output.Credit);
        _output.Return(8);
        Assert.Empty(_frames.Now());
        _output.Return(1);
        Assert.Equal(["waits"], _frames.Now());
    }

    [Fact]
    public void Processes_take_turns_for_what_comes_back()
    {
        Add(_a, "0123456789");
        Array.ForEach(["a1", "a2", "a3"], text => Add(_a, text));
        Array.ForEach(["b1", "b2"], text => Add(_b, text));
        Add(_c, "c1");
        _frames.Now();

        _output.Return(3); // one overdraws
        Assert.Equal(["a1", "b1"], _frames.Now());
        Add(_b, "b3");
        _output.Return(100);
        Assert.Equal(["c1", "a2", "b2", "a3", "b3"], _frames.Now());
    }

    [Fact]
    public void A_process_that_has_nothing_left_here_is_forgotten()
    {
        Add(_a, "0123456789");
        Add(_a, "a");
        Add(_b, "b");
        Assert.Equal(2, _output.Waiting);

        _output.Return(1);
        Assert.Equal(1, _output.Waiting);
        _output.Return(1);
        Assert.Equal(0, _output.Waiting);
    }

    [Fact]
    public void A_lane_takes_of_the_same_credit_and_is_shut_while_anybody_waits()
    {
        var lane = _output.OpenLane();
        Assert.True(lane.TryTell(Frame("12345"), sequence: 7));
        Assert.True(lane.TryTell(Frame("overdraws"), sequence: 8));
        Assert.False(lane.TryTell(Frame("no credit"), sequence: 9));
        Assert.Equal(8u, lane.LastTold);
        Assert.Equal(["12345", "overdraws"], _frames.Now());

        Add(_a, "a1");
        Add(_a, "a2");
        _output.Return(5); // one of them passes
        Assert.False(lane.TryTell(Frame("others wait"), sequence: 9));
        _output.Return(5);
        Assert.True(lane.TryTell(Frame("nobody waits"), sequence: 9));
        Assert.Equal(["a1", "a2", "nobody waits"], _frames.Now());
    }

    [Fact]
    public void A_lane_ends_with_its_attachment()
    {
        var lane = _output.OpenLane();
        _output.Dispose();

        Assert.False(lane.TryTell(Frame("late"), sequence: 1));
        Assert.Empty(_frames.Now());
    }

    private static ByteLease Frame(string text) => ByteLease.CopyOf(Encoding.UTF8.GetBytes(text));

    private void Add(IActorRef process, string text)
    {
        var frame = Frame(text);
        _output.Add(process, new ProcessProtocol.Output(1, process.Path.Name, 1, frame, frame.Length));
    }

#pragma warning disable MA0097 // a reference to an actor is not put in order
    private sealed class Nobody(string name) : MinimalActorRef
#pragma warning restore MA0097
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

        public override IActorRefProvider Provider => throw new NotSupportedException("nobody has no provider");
    }
}
