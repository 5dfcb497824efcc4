using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class AnswerQueueTests
{
    private static readonly LimitSettings _limits = ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits with { InFlightRequests = 3, ParkedBytes = 100 };
    private readonly Outbox _outbox = new();
    private readonly RequestWindow _window;
    private readonly OutboxReader _frames;
    private readonly AnswerQueue _answers;

    public AnswerQueueTests()
    {
        _window = new RequestWindow(_limits, _outbox);
        _frames = new OutboxReader(_outbox, _window);
        _answers = new AnswerQueue(_outbox, _window);
    }

    [Fact]
    public void Answers_leave_in_the_order_of_arrival()
    {
        var tickets = new[] { Enter(1), Enter(2), Enter(3) };
        Answer(tickets[2], 3);
        Answer(tickets[1], 2);
        Assert.Empty(_frames.Now());

        Answer(tickets[0], 1);
        Assert.Equal([Wire.Ready(1), Wire.Ready(2), Wire.Ready(3)], _frames.Now());
    }

    [Fact]
    public void A_parked_request_gives_up_its_turn_and_answers_when_it_can()
    {
        var tickets = new[] { Enter(1), Enter(2), Enter(3) };
        _answers.Park(tickets[0]);
        Answer(tickets[1], 2);
        Assert.Equal([Wire.Ready(2)], _frames.Now());
        _answers.Park(tickets[2]);
        Assert.Equal(2, _answers.WaitingCount);

        Answer(tickets[2], 3);
        Answer(tickets[0], 1);
        Assert.Equal([Wire.Ready(3), Wire.Ready(1)], _frames.Now());
        Assert.Equal(0, _answers.WaitingCount);
    }

    [Fact]
    public void A_request_parked_behind_one_that_is_not_answered_may_answer_before_it()
    {
        var tickets = new[] { Enter(1), Enter(2), Enter(3) };
        _answers.Park(tickets[1]);
        Answer(tickets[1], 2);
        Assert.Equal([Wire.Ready(2)], _frames.Now());

        Answer(tickets[0], 1);
        Answer(tickets[2], 3);
        Assert.Equal([Wire.Ready(1), Wire.Ready(3)], _frames.Now());
    }

    [Fact]
    public void A_second_answer_to_a_ticket_is_dropped_wherever_the_first_one_is()
    {
        var tickets = new[] { Enter(1), Enter(2), Enter(3) };
        Answer(tickets[1], 2); // not sent yet
        Assert.False(_answers.Answer(tickets[1], Frame(9), out _));
        _answers.Park(tickets[2]);
        Answer(tickets[2], 3); // its turn is not over yet
        Assert.False(_answers.Answer(tickets[2], Frame(9), out _));
        Answer(tickets[0], 1);
        Assert.False(_answers.Answer(tickets[0], Frame(9), out _));
        Assert.False(_answers.Answer(99, Frame(9), out _));

        Assert.Equal([Wire.Ready(3), Wire.Ready(1), Wire.Ready(2)], _frames.Now());
    }

    [Fact]
    public void FailAll_answers_everything_once()
    {
        var tickets = new[] { Enter(1), Enter(2), Enter(3), Enter(4) };
        _answers.Park(tickets[0]);
        _answers.Park(tickets[2]);
        Answer(tickets[3], 4);
        Assert.Empty(_frames.Now());

        Assert.Equal(3, _answers.FailAll(Errors.ResumedElsewhere));

        Assert.Equal([Failure(2), Wire.Ready(4), Failure(1), Failure(3)], _frames.Now());
        Assert.Equal(0, _answers.FailAll(Errors.ResumedElsewhere));
        Assert.Empty(_frames.Now());
    }

    [Fact]
    public void FailAll_of_one_owner_leaves_the_others_alone()
    {
        var one = new GateRef(new Gate());
        var tickets = new[] { Enter(1, counted: false), Enter(2), Enter(3), Enter(4) };
        _answers.Assign(tickets[0], one);
        _answers.Park(tickets[1]);
        _answers.Assign(tickets[1], one);
        _answers.Assign(tickets[3], ActorRefs.Nobody);

        Assert.Equal(1, _answers.FailAll(Errors.ResumedElsewhere, one)); // of two, one takes a concurrent place

        Assert.Equal([Failure(1), Failure(2)], _frames.Now());
        Answer(tickets[2], 3);
        Answer(tickets[3], 4);
        Assert.Equal([Wire.Ready(3), Wire.Ready(4)], _frames.Now());
    }

    [Fact]
    public void The_window_gets_the_place_back_with_the_answer_or_when_parked_and_the_bytes_with_the_answer()
    {
        var tickets = new[] { Enter(1, weight: 40), Enter(2, weight: 40), Enter(3, weight: 15) };
        Assert.False(_window.HasRoom());
        _answers.Park(tickets[0]);
        Assert.True(_window.HasRoom());
        Enter(4, weight: 5);
        Assert.False(_window.HasRoom()); // 100 bytes, and three places

        Answer(tickets[1], 2);
        _frames.Now();
        Assert.True(_window.HasRoom());
        Enter(5, weight: 40);
        Assert.False(_window.HasRoom());
        Answer(tickets[0], 1);
        _frames.Now();
        Answer(tickets[2], 3);
        _frames.Now();
        Assert.True(_window.HasRoom());
    }

    [Fact]
    public void Thousands_may_wait()
    {
        var tickets = Enumerable.Range(0, 20_000).Select(id => Enter(id, weight: 0)).ToList();
        tickets.ForEach(_answers.Park);
        Assert.Equal(20_000, _answers.WaitingCount);
        tickets.ForEach(ticket => Answer(ticket, (int)ticket));

        Assert.Equal(20_000, _frames.Now().Count);
    }

    private long Enter(int id, int weight = 1, bool counted = true)
    {
        _window.Enter(weight);
        return _answers.Enter(RequestId.FromNumber(id), weight, counted);
    }

    private void Answer(long ticket, int id) => Assert.True(_answers.Answer(ticket, Frame(id), out _));

    private static ByteLease Frame(int id) => AnswerFrames.Raw(RequestId.FromNumber(id), """{"status":"ready"}"""u8);

    private static string Failure(int id) => Wire.Error(id, -32600, "session has been resumed by another connection");
}
