using System.Buffers;

using ExecActors.Runtime.Connections;
using ExecActors.Testing.Fuzzing;

namespace ExecActors.Runtime.Tests.Fuzzing;

/// <summary>Any bytes, in any pieces, as lines and as messages: the frames are those that a plain split of the whole gives.</summary>
public sealed class FramingFuzzTests
{
    private const string Project = "ExecActors.Runtime.Tests";
    private const int MaxBytes = 700;
    private static readonly SearchValues<byte> _blanks = SearchValues.Create(" \t\r"u8);

    [Fact]
    public Task Lines_are_those_of_a_plain_split() => Fuzzer.RunAsync(nameof(FramingFuzzTests), Project, Corpus(), slice: 6_000, CheckLines, Lines);

    [Fact]
    public Task Messages_are_what_was_received_up_to_each_end() =>
        Fuzzer.RunAsync(nameof(FramingFuzzTests), Project, Corpus(), slice: 6_000, CheckMessages);

    private static IReadOnlyList<byte[]> Corpus() => [.. Fuzzer.Regressions(nameof(FramingFuzzTests)), .. Fuzzer.Corpus("frames.txt")];

    /// <summary>Some messages with line ends of all kinds between them, then changed.</summary>
    private static byte[] Lines(Random random, IReadOnlyList<byte[]> corpus)
    {
        byte[][] ends = [[(byte)'\n'], "\r\n"u8.ToArray(), "\n\n"u8.ToArray(), " \t\r\n"u8.ToArray(), []];
        var text = Enumerable.Range(0, random.Next(1, 6)).SelectMany(_ => corpus[random.Next(corpus.Count)].Concat(ends[random.Next(ends.Length)]));
        return new ByteMutator(random, corpus).Mutate([.. text]);
    }

    private static void CheckLines(byte[] input)
    {
        var expected = new List<byte[]>();
        var isTooLong = false;
        for (var rest = input.AsSpan(); !isTooLong;)
        {
            var end = rest.IndexOf((byte)'\n');
            isTooLong = (end < 0 ? rest.Length : end) > MaxBytes;
            if (end < 0 || isTooLong)
            {
                break;
            }

            if (rest[..end].ContainsAnyExcept(_blanks))
            {
                expected.Add(rest[..end].Trim(" \t\r"u8).ToArray());
            }

            rest = rest[(end + 1)..];
        }

        using var assembler = FrameAssembler.For(FrameDelimiter.Newline, bufferBytes: 16, MaxBytes);
        Assert.Equal(expected, Receive(assembler, input, _ => false));
        Assert.Equal(isTooLong, assembler.IsTooLong);
    }

    private static void CheckMessages(byte[] input)
    {
        // A message ends wherever a piece ends with a brace.
        var expected = new List<byte[]>();
        var begun = new List<byte>();
        var isTooLong = false;
        foreach (var piece in Pieces(input))
        {
            begun.AddRange(input[piece]);
            isTooLong = begun.Count > MaxBytes;
            if (isTooLong)
            {
                break;
            }

            if (IsEnd(input[piece]))
            {
                expected.Add([.. begun]);
                begun.Clear();
            }
        }

        using var assembler = FrameAssembler.For(FrameDelimiter.Message, bufferBytes: 16, MaxBytes);
        Assert.Equal(expected, Receive(assembler, input, IsEnd));
        Assert.Equal(isTooLong, assembler.IsTooLong);
    }

    private static List<byte[]> Receive(FrameAssembler assembler, byte[] input, Func<byte[], bool> endsFrame)
    {
        var frames = new List<byte[]>();
        foreach (var piece in Pieces(input))
        {
            var bytes = input.AsSpan(piece);
            do
            {
                var buffer = assembler.GetBuffer().Span;
                Assert.False(buffer.IsEmpty, "no room to receive into");
                var count = Math.Min(buffer.Length, bytes.Length);
                bytes[..count].CopyTo(buffer);
                bytes = bytes[count..];
                assembler.Advance(count, bytes.IsEmpty && endsFrame(input[piece]));
                while (assembler.TryTake(out var frame))
                {
                    frames.Add(frame.Span.ToArray());
                    frame.Dispose();
                }
            }
            while (!bytes.IsEmpty && !assembler.IsTooLong);

            if (assembler.IsTooLong)
            {
                break;
            }
        }

        return frames;
    }

    private static bool IsEnd(byte[] piece) => piece is [.., (byte)'}'];

    /// <summary>Cuts that the bytes themselves decide, so that an input is the whole of a case.</summary>
    private static IEnumerable<Range> Pieces(byte[] input)
    {
        for (var start = 0; start < input.Length;)
        {
            var end = Math.Min(input.Length, start + 1 + (input[start] * 7 % 61));
            yield return start..end;
            start = end;
        }
    }
}
