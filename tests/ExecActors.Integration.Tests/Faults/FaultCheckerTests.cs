using System.Globalization;
using System.Text.Json;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>The checker of the fault tests finds what it is there to find.</summary>
public sealed class FaultCheckerTests
{
    private readonly NumberedLines _lines = new(100);
    private readonly ProcessView _view;

    public FaultCheckerTests() => _view = new ProcessView(new Dictionary<string, NumberedLines> { ["stdout"] = _lines });

    [Fact]
    public void Whole_streams_pass_however_they_are_cut_and_joined()
    {
        Live(1, 0, 20);
        Live(2, 20, 30);
        _view.Resumed();
        Live(5, 40, 50); // live, before the read that brings what lies between
        Read(after: 2, next: 6, (3, 30, 35), (4, 35, 40), (5, 40, 50));
        Live(6, 50, 65);
        Assert.Equal((65, 7), (_lines.Position, _view.Next));
    }

    [Fact]
    public void A_chunk_that_is_lost_is_found() =>
        Finds("number 3 was notified where 2 comes next", () => Live(1, 0, 20), () => Live(3, 30, 40));

    [Fact]
    public void Bytes_that_are_lost_within_the_numbering_are_found() =>
        Finds("offset 20: expected line 2 from column 7", () => Live(1, 0, 20), () => Live(2, 21, 40));

    [Fact]
    public void Bytes_that_are_repeated_are_found() =>
        Finds("offset 26: expected line 3", () => Live(1, 0, 26), () => Live(2, 13, 26));

    [Fact]
    public void A_chunk_that_is_repeated_is_found() =>
        Finds("number 1 was notified after 1", () => Live(1, 0, 20), () => Live(1, 0, 20));

    [Fact]
    public void Bytes_of_another_stream_are_found() =>
        Finds("stream 100, offset 0", () => _view.Notified("process/output", Chunk(new NumberedLines(101), 1, 0, 13)));

    [Fact]
    public void A_number_that_means_something_else_in_a_read_is_found() => Finds(
        "number 1 had 20 bytes before and has 19 now",
        () => Live(1, 0, 20),
        _view.Resumed,
        () => Read(after: 0, next: 2, (1, 0, 19)));

    [Fact]
    public void A_gap_that_neither_read_nor_notification_fills_is_found() => Finds(
        "a read says that 3 comes next",
        () => Live(1, 0, 20),
        _view.Resumed,
        () => Read(after: 1, next: 3));

    [Fact]
    public void Output_that_the_server_says_is_gone_is_found() => Finds(
        "output is gone",
        () => _view.CaughtUp(0, JsonDocument.Parse("""{"chunks":[],"nextSeq":9,"firstSeq":9,"exited":false,"closed":false,"failure":null}""").RootElement));

    [Fact]
    public void Output_that_may_be_lost_and_is_said_to_be_passes_and_the_rest_has_to_be_in_its_place()
    {
        var view = Losing();
        view.Notified("process/output", Chunk(_lines, 1, 0, 20));
        view.Resumed();
        view.Notified("process/output", Chunk(_lines, 7, 60, 65)); // too little to say which it is
        view.CaughtUp(1, Answer("""9,"firstSeq":6""", (6, 50, 60), (7, 60, 65), (8, 65, 80)));
        Assert.Equal((80, 9, 4), (_lines.Position, view.Next, view.Lost));
        view.Notified("process/output", Chunk(_lines, 9, 80, 90));
        Assert.Contains(
            "offset 90: expected line 7 from column 12",
            Assert.Throws<FaultFoundException>(() => view.Notified("process/output", Chunk(_lines, 10, 91, 99))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_came_before_a_stated_loss_are_found_when_they_come_again_after_it()
    {
        var view = Losing();
        view.Notified("process/output", Chunk(_lines, 1, 0, 80));
        view.Resumed();
        Assert.Contains(
            "offset 80 or later",
            Assert.Throws<FaultFoundException>(() => view.CaughtUp(1, Answer("""4,"firstSeq":3""", (3, 39, 78)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_stated_loss_hides_no_other()
    {
        var view = Losing();
        view.Notified("process/output", Chunk(_lines, 1, 0, 20));
        view.Resumed();
        Assert.Contains(
            "a read gives number 5 where 4 comes next",
            Assert.Throws<FaultFoundException>(() => view.CaughtUp(1, Answer("""6,"firstSeq":4""", (5, 50, 90)))).Message,
            StringComparison.Ordinal);
    }

    private ProcessView Losing() => new(new Dictionary<string, NumberedLines> { ["stdout"] = _lines }, mayLose: true);

    private static void Finds(string message, params ReadOnlySpan<Action> steps)
    {
        foreach (var step in steps[..^1])
        {
            step();
        }

        Assert.Contains(message, Assert.Throws<FaultFoundException>(steps[^1]).Message, StringComparison.Ordinal);
    }

    private void Live(long seq, int from, int to) => _view.Notified("process/output", Chunk(new NumberedLines(100), seq, from, to));

    private void Read(long after, long next, params IEnumerable<(long Seq, int From, int To)> chunks) =>
        _view.CaughtUp(after, Answer(next.ToString(CultureInfo.InvariantCulture), chunks));

    private static JsonElement Answer(string next, params IEnumerable<(long Seq, int From, int To)> chunks) => JsonDocument.Parse(
        $$"""{"chunks":[{{string.Join(',', chunks.Select(chunk => Chunk(new NumberedLines(100), chunk.Seq, chunk.From, chunk.To)))}}],"nextSeq":{{next}},"exited":false,"exitCode":null,"closed":false,"failure":null}""").RootElement;

    private static JsonElement Chunk(NumberedLines lines, long seq, int from, int to)
    {
        var numbers = lines.Arguments(1, 100).Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var text = string.Concat(Enumerable.Range(0, 100).Select(line => string.Create(CultureInfo.InvariantCulture, $"{numbers[0] + line}\n")));
        var bytes = System.Text.Encoding.ASCII.GetBytes(text[from..to]);
        return JsonDocument.Parse(string.Create(
            CultureInfo.InvariantCulture, $$"""{"seq":{{seq}},"stream":"stdout","chunk":"{{Convert.ToBase64String(bytes)}}"}""")).RootElement;
    }
}
