using System.Globalization;
using System.Text;

using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Frames;

public sealed class OutboxTests
{
    private static readonly LimitSettings _limits = ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits;

    [Fact]
    public async Task No_wake_up_is_lost_between_two_producers_and_a_consumer_that_sleeps_whenever_it_can()
    {
        const int Each = 200_000;
        var outbox = new Outbox();
        var reader = new OutboxReader(outbox, new RequestWindow(_limits, outbox));
        var producers = Enumerable.Range(0, 2).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                outbox.Offer(Frame($"{producer} {i}"));
                if (i % 64 == 0)
                {
                    Thread.Yield(); // so that the consumer gets to sleep
                }
            }
        })).ToList();

        var next = new int[2];
        for (var i = 0; i < 2 * Each; i++)
        {
            var parts = (await reader.NextAsync()).Split(' ');
            var producer = int.Parse(parts[0], CultureInfo.InvariantCulture);
            Assert.Equal(next[producer]++, int.Parse(parts[1], CultureInfo.InvariantCulture)); // each producer's order
        }

        await Task.WhenAll(producers).SoonAsync();
        Assert.True(outbox.IsEmpty);
        Assert.Equal(0, outbox.QueuedBytes);
    }

    [Fact]
    public async Task Completion_is_never_slept_through()
    {
        for (var round = 0; round < 20_000; round++)
        {
            var outbox = new Outbox();
            var reader = new OutboxReader(outbox, new RequestWindow(_limits, outbox));
            var completion = Task.Run(() => outbox.Complete(CloseReason.ServerShutdown));
            Assert.Equal(CloseReason.ServerShutdown, await reader.CloseAsync());
            await completion;
        }
    }

    [Fact]
    public void The_first_completion_counts_and_what_is_offered_after_it_is_dropped()
    {
        var outbox = new Outbox();
        var told = 0;
        outbox.OnComplete(() => told++);
        outbox.Offer(Frame("before"));
        outbox.Complete(CloseReason.TakenOver);
        outbox.Complete(CloseReason.ServerShutdown);
        var late = Frame("after");
        outbox.Offer(late);

        Assert.Equal(CloseReason.TakenOver, outbox.Closing);
        Assert.Equal(1, told);
        Assert.True(outbox.TryTake(out var frame));
        Assert.Equal("before", Encoding.UTF8.GetString(frame.Bytes.Span));
        Assert.False(outbox.TryTake(out _));
        Assert.Throws<ObjectDisposedException>(() => late.Span.Length);
    }

    [Fact]
    public void It_sleeps_only_when_nothing_is_there_and_nothing_will_come()
    {
        var outbox = new Outbox();
        Assert.True(outbox.TrySleep());
        outbox.Offer(Frame("x"));
        Assert.False(outbox.TrySleep());
        Assert.True(outbox.TryTake(out _));
        outbox.Complete(CloseReason.Normal);
        Assert.False(outbox.TrySleep());
    }

    [Fact]
    public void A_busy_consumer_is_not_woken()
    {
        var outbox = new Outbox();
        var wakes = 0;
        outbox.OnWake(() => wakes++);
        outbox.Offer(Frame("x"));
        Assert.Equal(0, wakes);

        while (outbox.TryTake(out _))
        {
        }

        Assert.True(outbox.TrySleep());
        outbox.Offer(Frame("x"));
        outbox.Offer(Frame("y"));
        Assert.Equal(1, wakes);
    }

    private static ByteLease Frame(string text) => ByteLease.CopyOf(Encoding.UTF8.GetBytes(text));
}
