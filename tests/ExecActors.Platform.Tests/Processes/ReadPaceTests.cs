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
        Assert.DoesNotContain(true, new ReadPaceTests().Slow(100));
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(ReadPace.SmallRead - 1)]
    public void Pages_that_are_taken_one_by_one_are_a_flood(int bytes) =>
        Assert.Equal([false, false, false, false, true], Enumerable.Range(0, 5).Select(_ => Read(bytes, after: ReadPace.UnpromptedTicks)));

    [Fact]
    public void Half_a_pipe_at_once_never_rests()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(Read(ReadPace.SmallRead, after: 0));
        }
    }

    [Fact]
    public void Rests_grow_until_they_are_worthwhile_and_shrink_before_the_pipe_is_full()
    {
        var little = ReadPace.Worthwhile - 1;
        Flood();
        Assert.Equal([2, 4, 8, 8, 8, 4, 2, 1, 0], new[]
            { little, little, little, little, ReadPace.Worthwhile, ReadPace.SmallRead, ReadPace.SmallRead, ReadPace.SmallRead, ReadPace.SmallRead }
            .Select(count => Rested(count) / ReadPace.ShortRest));
    }

    [Fact]
    public void A_program_that_did_not_come_to_run_during_a_rest_is_given_longer_ones()
    {
        Flood();
        Assert.Equal([2, 4, 8, 0], Enumerable.Range(0, 4).Select(_ => Rested(0) / ReadPace.ShortRest));
    }

    [Fact]
    public void Rests_go_on_while_they_bring_more_than_a_few_pieces()
    {
        Flood();
        Assert.Equal([2, 4, 8, 8, 0], new[] { 0, 0, 0, (Line * ReadPace.QuickReads) + 1, Line * ReadPace.QuickReads }
            .Select(count => Rested(count) / ReadPace.ShortRest));
        Assert.False(Read(Line, after: Quick)); // it has to become a flood again
    }

    [Fact]
    public void A_stream_whose_rests_bring_nothing_is_tried_less_and_less_often()
    {
        var reads = Enumerable.Range(0, 7).Select(_ =>
        {
            var needed = Flood();
            while (Rested(Line) > 0)
            {
            }

            return needed;
        });

        Assert.Equal([5, 8, 16, 32, 64, 64, 64], reads); // the very first read follows nothing
    }

    [Fact]
    public void A_rest_that_was_worthwhile_has_the_next_flood_seen_at_once()
    {
        Flood();
        while (Rested(Line) > 0)
        {
        }

        Assert.Equal(ReadPace.QuickReads * 2, Flood());
        Rested(ReadPace.SmallRead);
        Assert.Equal(ReadPace.QuickReads, Flood());
    }

    [Fact]
    public void What_a_program_answers_to_its_input_is_not_held_back_by_longer_rests()
    {
        Flood();
        _input++;
        Assert.Equal(0, Rested(Line));
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

    /// <returns>The reads that it took.</returns>
    private int Flood()
    {
        var reads = 1;
        while (!Read(Line, after: Quick))
        {
            reads++;
        }

        return reads;
    }

    private List<bool> Slow(int reads) => Enumerable.Range(0, reads).Select(_ => Read(Line, after: ReadPace.UnpromptedTicks + 1)).ToList();

    private bool Read(int count, long after) => _pace.RestAfter(count, _now += after, rested: false, _input) > 0;

    private long Rested(int count) => _pace.RestAfter(count, _now += Quick * 5, rested: true, _input);
}
