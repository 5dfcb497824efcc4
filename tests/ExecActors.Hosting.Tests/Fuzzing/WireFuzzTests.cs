using System.Text;
using ExecActors.Hosting.Listening;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.WebSockets;
using ExecActors.Testing.Fuzzing;

namespace ExecActors.Hosting.Tests.Fuzzing;

/// <summary>Any bytes behind an upgrade and any bytes of a request: what comes out does not depend on the pieces they come in, and nothing else fails.</summary>
public sealed class WireFuzzTests
{
    private const string Project = "ExecActors.Hosting.Tests";
    private const int LongestMessage = 4_000; // some of the corpus is longer

    [Fact]
    public Task Frames_give_the_same_in_any_pieces() =>
        Fuzzer.RunAsync(nameof(WireFuzzTests), Project, [.. Fuzzer.Regressions(nameof(WireFuzzTests)), .. Fuzzer.Corpus("frames.txt")], slice: 4_000, CheckFrames, Frames);

    [Fact]
    public Task Requests_give_the_same_in_any_pieces() =>
        Fuzzer.RunAsync(nameof(WireFuzzTests), Project, [.. Fuzzer.Regressions(nameof(WireFuzzTests)), .. Requests()], slice: 4_000, CheckRequest);

    private static IEnumerable<byte[]> Requests() => new[]
    {
        $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{WireClient.UpgradeHeaders}\r\n",
        "GET /readyz HTTP/1.0\r\n\r\n",
        "\r\nPOST http://a.example/x?y HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nX-Y: \t z\r\nX-Y:\r\n\r\nGET",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET http://localhost:x@a/ HTTP/1.1\r\nHost: localhost:80\r\nContent-Length: 1, 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    }.Select(Encoding.Latin1.GetBytes);

    /// <summary>Messages in frames and fragments, with control frames between them, then changed.</summary>
    private static byte[] Frames(Random random, IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var message = corpus[random.Next(corpus.Count)];
            var cut = random.Next(3) == 0 ? random.Next(message.Length) : message.Length;
            Add(random.Next(4) == 0 ? 2 : 1, message.AsSpan(0, cut), isFinal: cut == message.Length);
            if (random.Next(3) == 0)
            {
                Add(random.Next(8, 11), message.AsSpan(0, Math.Min(message.Length, random.Next(60))), isFinal: true);
            }

            if (cut < message.Length)
            {
                Add(0, message.AsSpan(cut), isFinal: true);
            }
        }

        return random.Next(6) == 0 ? [.. bytes] : new ByteMutator(random, corpus).Mutate([.. bytes]);

        void Add(int opcode, ReadOnlySpan<byte> payload, bool isFinal)
        {
            bytes.Add((byte)((isFinal ? 0x80 : 0) | opcode));
            bytes.AddRange(payload.Length < 126 ? [(byte)(0x80 | payload.Length)] : [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length]);
            var mask = BitConverter.GetBytes(random.Next());
            bytes.AddRange(mask);
            for (var index = 0; index < payload.Length; index++)
            {
                bytes.Add((byte)(payload[index] ^ mask[index % 4]));
            }
        }
    }

    private static void CheckFrames(byte[] input)
    {
        var random = new Random(input.Length);
        var whole = ReadFrames(input.Length == 0 ? [] : [input], () => 64 * 1024); // an empty piece would be the end
        var pieces = new List<byte[]>();
        for (var at = 0; at < input.Length;)
        {
            var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 4 : 3_000), input.Length - at);
            pieces.Add(input[at..(at + length)]);
            at += length;
        }

        Assert.Equal(whole, ReadFrames(pieces, () => random.Next(4) == 0 ? 0 : random.Next(1, 5_000)));
    }

    private static List<string> ReadFrames(IEnumerable<byte[]> pieces, Func<int> bufferBytes)
    {
        var (heard, message) = (new List<string>(), new StringBuilder());
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, ping => heard.Add($"ping {Encoding.Latin1.GetString(ping.Span)}"));
        foreach (var piece in pieces)
        {
            channel.Arrive(piece);
        }

        try
        {
            while (true)
            {
                var buffer = new byte[bufferBytes()];
                if (!reader.TryReceive(buffer, out var outcome))
                {
                    return heard;
                }

                if (outcome.Ended)
                {
                    return [.. heard, outcome.EndReason!];
                }

                message.Append(Encoding.Latin1.GetString(buffer, 0, outcome.Count));
                if (outcome.EndOfFrame)
                {
                    heard.Add(message.ToString());
                    message.Clear();
                }
            }
        }
        catch (WebSocketViolationException violation)
        {
            return [.. heard, $"{violation.Reason}"];
        }
    }

    private static void CheckRequest(byte[] input)
    {
        var used = RequestHead.Read(input, out var head, out var refusal);
        Assert.True(used == 0 == (head is null) && (head is null || refusal is null) && used <= input.Length);
        for (var length = 0; length < input.Length; length++)
        {
            var usedEarly = RequestHead.Read(input.AsSpan(0, length), out var early, out var refusedEarly);
            if (early is not null)
            {
                Assert.Equal((used, head!.Method, head.Path, head.HasBody), (usedEarly, early.Method, early.Path, early.HasBody));
            }

            if (refusedEarly is not null)
            {
                Assert.Equal(refusal, refusedEarly);
            }
        }
    }
}
