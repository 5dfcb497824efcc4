namespace ExecActors.Platform.Tests.Processes;

public sealed class ReadPaceTests
{
    private const int Line = 80;
    private static readonly long Quick = ReadPace.QuickTicks;

    private long _now = 1_000_000_000;
    private ReadPace _pace;
    private int _input;

    [Fact]
    public void A_flood_of_lines_rests_once_it_is_one() =>
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => Read(Line, after: Quick)));

    [Fact]
    public void Lines_with_a_round_trip_between_them_never_rest()
    {
        for (var i = 0; i < 100; i++)
        {
            _input++;
            Assert.False(Read(Line, after: Quick + 1));
        }
    }

    [Fact]
    public void Lines_that_nobody_asked_for_are_a_flood_at_a_slower_pace_too()
    {
        Assert.Equal(
            [false, false, false, false, true],
            Enumerable.Range(0, 5).Select(_ => Read(Line, after: ReadPace.UnpromptedTicks)));
        Assert.Equal(0, Rested(Line)); // no more than one at a time, left alone or not
        Assert.False(Read(Line, after: ReadPace.UnpromptedTicks + 1));
    }

    [Fact]
    public void Pages_never_rest()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(Read(ReadPace.SmallRead, after: 0));
        }
    }

    [Fact]
    public void Rests_follow_each_other_while_more_gathers_than_the_flood_began_with()
    {
        Flood();
        Assert.True(Rested(ReadPace.Worthwhile) > 0);
        Assert.True(Rested(ReadPace.RestBelow - 1) > 0);
        Assert.True(Rested((Line * ReadPace.QuickReads) + 1) > 0);
        Assert.Equal(0, Rested(Line * ReadPace.QuickReads * 2)); // as much in twice the time
        Assert.False(Read(Line, after: Quick)); // it has to become a flood again
    }

    [Fact]
    public void A_stream_that_would_fill_its_pipe_does_not_rest()
    {
        Flood();
        Assert.Equal(0, Rested(ReadPace.RestBelow));
    }

    [Fact]
    public void Rests_grow_until_they_are_worthwhile_and_shrink_before_the_pipe_is_full()
    {
        var little = ReadPace.Worthwhile - 1;
        Flood();
        Assert.Equal([2, 4, 8, 8, 8, 4, 4], new[] { little, little, little, little, ReadPace.Worthwhile, ReadPace.RestBelow, little + 1 }
            .Select(count => Rested(count) / ReadPace.ShortRest));
    }

    [Fact]
    public void An_empty_read_ends_the_flood()
    {
        for (var i = 0; i < ReadPace.QuickReads; i++)
        {
            Assert.False(Read(Line, after: Quick));
        }

        Assert.False(Read(0, after: Quick));
        Assert.False(Read(Line, after: Quick));
    }

    private void Flood()
    {
        while (!Read(Line, after: Quick))
        {
        }
    }

    private bool Read(int count, long after) => _pace.RestAfter(count, _now += after, rested: false, _input) > 0;

    private long Rested(int count) => _pace.RestAfter(count, _now += Quick * 5, rested: true, _input);
}
