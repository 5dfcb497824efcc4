using System.Threading.Channels;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Frames;

public sealed class RequestWindowTests
{
    private static readonly LimitSettings _limits = ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits with
    {
        InFlightRequests = 2,
        ParkedBytes = 100,
        MessageBytes = 1000,
    };

    [Fact]
    public void Large_answers_wait_while_those_made_are_not_taken_and_somebody_is_told_when_they_are()
    {
        var outbox = new Outbox();
        var window = new RequestWindow(_limits, outbox);
        var (rooms, taken) = (0, 0);
        window.OnRoom(() => rooms++);
        window.OnAnswersTaken(() => taken++);

        window.Expect(100); // made, and on its way
        Assert.True(window.MustWait());
        outbox.Offer(ByteLease.CopyOf(new byte[100]));
        window.Arrive(100);
        Assert.Equal(0, taken);
        outbox.Sent(1);
        window.WakeIfBlocked();
        window.WakeIfBlocked();
        Assert.Equal(1, taken);
        Assert.False(window.MustWait());
        Assert.Equal(0, rooms);
    }

    [Fact]
    public void It_is_full_of_requests_of_bytes_or_of_answers_not_taken()
    {
        var outbox = new Outbox();
        var window = new RequestWindow(_limits, outbox);
        var wakes = 0;
        window.OnRoom(() => wakes++);

        window.Enter(1);
        Assert.True(window.HasRoom());
        window.Enter(1);
        Assert.False(window.HasRoom());
        window.Settle(requests: 1, bytes: 0); // parked: the place is free, the bytes stay
        Assert.Equal(1, wakes);
        Assert.True(window.HasRoom());

        window.Settle(requests: 1, bytes: 0);
        window.Enter(98);
        Assert.False(window.HasRoom());
        window.Settle(requests: 0, bytes: 1);
        Assert.Equal(2, wakes);
        window.Settle(requests: 1, bytes: 99);

        outbox.Offer(ByteLease.CopyOf(new byte[100]));
        Assert.False(window.HasRoom());
        outbox.Sent(1);
        window.WakeIfBlocked();
        Assert.Equal(3, wakes);
        Assert.True(window.HasRoom());
    }

    [Fact]
    public void Nobody_is_woken_who_does_not_wait_or_who_would_find_no_room()
    {
        var window = new RequestWindow(_limits, new Outbox());
        var wakes = 0;
        window.OnRoom(() => wakes++);
        window.Enter(1);
        window.Settle(1, 1);
        Assert.Equal(0, wakes);

        window.Enter(1);
        window.Enter(1);
        window.Enter(1);
        Assert.False(window.HasRoom());
        window.Settle(1, 1);
        Assert.Equal(0, wakes);
        window.Settle(1, 1);
        Assert.Equal(1, wakes);
    }

    [Fact]
    public void There_is_a_reserve_beyond_the_bytes_but_not_beyond_the_requests_under_way()
    {
        var window = new RequestWindow(_limits, new Outbox());
        var wakes = 0;
        window.OnRoom(() => wakes++);

        window.Enter(1199);
        Assert.False(window.HasRoom());
        Assert.True(window.HasReserve(answersTaken: true));
        window.Enter(1);
        Assert.False(window.HasReserve(answersTaken: false));
        window.Settle(requests: 2, bytes: 0); // parked
        Assert.False(window.HasReserve(answersTaken: false)); // as much is only held when something that is never refused waits
        Assert.Equal(0, wakes);

        window.Settle(requests: 0, bytes: 1);
        Assert.Equal(1, wakes);
        Assert.False(window.HasRoom());
        window.Settle(requests: 0, bytes: 1100);
        Assert.Equal(2, wakes);
        Assert.True(window.HasRoom());
    }

    [Fact]
    public void The_reserve_does_not_mind_answers_that_are_not_taken_unless_it_is_asked_to()
    {
        var outbox = new Outbox();
        var window = new RequestWindow(_limits, outbox);
        var wakes = 0;
        window.OnRoom(() => wakes++);
        window.Enter(100);
        outbox.Offer(ByteLease.CopyOf(new byte[100]));

        Assert.False(window.TakesAnswers);
        Assert.False(window.HasRoom());
        Assert.True(window.HasReserve(answersTaken: false));
        Assert.False(window.HasReserve(answersTaken: true));
        outbox.Sent(1);
        window.WakeIfBlocked();

        Assert.Equal(1, wakes); // there is still no room
        Assert.True(window.TakesAnswers);
        Assert.True(window.HasReserve(answersTaken: true));
    }

    [Fact]
    public async Task No_wake_up_is_lost_between_one_that_enters_and_one_that_settles()
    {
        const int Messages = 300_000;
        var window = new RequestWindow(_limits, new Outbox());
        var wakes = Channel.CreateUnbounded<bool>();
        window.OnRoom(() => wakes.Writer.TryWrite(true));
        var entered = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var settling = Task.Run(async () =>
        {
            await foreach (var bytes in entered.Reader.ReadAllAsync())
            {
                window.Settle(1, bytes);
            }
        });

        for (var i = 0; i < Messages; i++)
        {
            while (!window.HasRoom())
            {
                await wakes.Reader.ReadAsync().AsTask().SoonAsync();
            }

            window.Enter(i % 60);
            entered.Writer.TryWrite(i % 60);
        }

        entered.Writer.Complete();
        await settling.SoonAsync();
        Assert.True(window.HasRoom());
    }
}
