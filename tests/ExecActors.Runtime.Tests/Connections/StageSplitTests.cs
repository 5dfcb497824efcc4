using System.Text;

using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

using FsCheck;
using FsCheck.Fluent;

namespace ExecActors.Runtime.Tests.Connections;

/// <summary>However a peer's bytes are cut and whenever they come, the stages give the same messages.</summary>
public sealed class StageSplitTests : RuntimeTest
{
    private const int MaxBytes = 4096;
    private const int ShortLimit = 96;

    private static readonly string[] _messages =
    [
        Wire.Status(1), Wire.Initialized, Wire.Terminate(2, "ä€😀"), "", "no json", "[]", """{"id":"é","method":"no/such","params":{"a":[1,2,{"b":null}]}}""",
        """ {"id":3,"result":{}} """, Wire.Write(4, "p", "hello", "w"),
    ];

    [Fact]
    public void Any_split_of_messages_gives_the_same_messages() =>
        Prop.ForAll(
            (from frames in Gen.Elements(_messages).ListOf()
             from splits in SplitsOf(frames.Select(Encoding.UTF8.GetBytes))
             select (Frames: frames, Splits: splits)).ToArbitrary(),
            async sample =>
            {
                var pieces = sample.Splits.SelectMany(Marked);
                Assert.Equal([.. sample.Frames.Select(Shape)], await ReceiveAsync(FrameDelimiter.Message, pieces));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_split_of_lines_gives_the_same_messages_without_the_blank_ones() =>
        Prop.ForAll(
            (from lines in Gen.Elements(_messages).SelectMany(_ => Gen.Elements("\n", "\r\n", " \t\r\n", "\n\n \r\n"), (text, end) => (Text: text, End: end)).ListOf()
             from indent in Gen.Elements("", " ", "\t\r ")
             from splits in SplitsOf([Encoding.UTF8.GetBytes(indent + string.Concat(lines.Select(line => line.Text + line.End)))])
             select (Lines: lines, Splits: splits)).ToArbitrary(),
            async sample =>
            {
                var expected = sample.Lines.Where(line => !string.IsNullOrWhiteSpace(line.Text)).Select(line => Shape(line.Text.Trim()));
                Assert.Equal([.. expected], await ReceiveAsync(FrameDelimiter.Newline, sample.Splits.SelectMany(split => split)));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_split_around_the_longest_line_gives_the_same_messages() =>
        Prop.ForAll(
            (from length in Gen.Choose(ShortLimit - 3, ShortLimit + 3)
             from end in Gen.Elements("\n", "\r\n")
             from splits in SplitsOf([Encoding.UTF8.GetBytes(new string('x', length) + end + Wire.Status(1) + "\n")])
             select (Length: length + end.Length - 1, Splits: splits)).ToArbitrary(),
            async sample =>
            {
                var messages = await ReceiveAsync(FrameDelimiter.Newline, sample.Splits.SelectMany(split => split), ShortLimit);
                Assert.Equal(sample.Length <= ShortLimit ? 2 : 0, messages.Count);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_last_line_without_a_newline_is_no_message()
    {
        Assert.Equal(
            [Shape(Wire.Status(1))],
            await ReceiveAsync(FrameDelimiter.Newline, [new Piece(Encoding.UTF8.GetBytes(Wire.Status(1) + "\n" + Wire.Status(2)), EndOfFrame: false)]));
    }

    /// <summary>Cuts each run of bytes into pieces, empty ones too, some of which come at once and some later.</summary>
    private static Gen<List<List<Piece>>> SplitsOf(IEnumerable<byte[]> runs) =>
        from choices in Gen.Choose(0, 1 << 20).ListOf(64)
        let numbers = new Queue<int>(choices)
        select runs.Select(run => Cut(run, numbers)).ToList();

    private static List<Piece> Cut(byte[] bytes, Queue<int> numbers)
    {
        var pieces = new List<Piece>();
        var start = 0;
        do
        {
            var choice = numbers.TryDequeue(out var number) ? number : bytes.Length << 1;
            var count = Math.Min((choice >> 1) % 24, bytes.Length - start);
            count = numbers.Count == 0 ? bytes.Length - start : count;
            pieces.Add(new Piece(bytes.AsMemory(start, count), EndOfFrame: false, IsLate: (choice & 1) == 1));
            start += count;
        }
        while (start < bytes.Length);
        return pieces;
    }

    private static IEnumerable<Piece> Marked(List<Piece> frame) => frame.Select((piece, place) => piece with { EndOfFrame = place == frame.Count - 1 });

    private static string Shape(string text) => Shape(Wire.Decode(text));

    private static string Shape(InboundMessage message) => $"{message.Kind} {message.Id} {message.MethodName} {message.Problem?.Message} {message.Params} {message.Weight}";

    private async Task<List<string>> ReceiveAsync(FrameDelimiter delimiter, IEnumerable<Piece> pieces, int maxBytes = MaxBytes)
    {
        var transport = new ScriptedTransport(delimiter);
        foreach (var piece in pieces)
        {
            transport.Send(piece);
        }

        transport.End();
        var settings = Settings with
        {
            Connection = Settings.Connection with { ReceiveBufferBytes = 16 },
            Limits = Settings.Limits with { MessageBytes = maxBytes },
        };
        var parts = new Attributes(new ConnectionParts(ActorRefs.Nobody, transport, new ConnectionEnvironment(ActorRefs.Nobody, settings, Lines), CancellationToken.None));
        var messages = await Source.FromGraph(new ReceiveStage()).Via(new DecodeStage()).WithAttributes(parts)
            .RunWith(Sink.Seq<InboundMessage>(), Sys.Materializer()).SoonAsync();
        return [.. messages.Select(Shape)];
    }
}
