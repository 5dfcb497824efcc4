using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.WebSockets;

namespace ExecActors.Hosting.Tests.WebSockets;

public sealed class WebSocketReaderTests
{
    private const int Continuation = 0;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Ping = 9;
    private const int Pong = 10;
    private const int LongestMessage = 64 * 1024;

    [Fact]
    public void Wherever_the_bytes_are_cut_and_however_small_the_buffer_the_messages_are_the_same()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var (bytes, messages, pings) = Conversation(random);
            var heard = new List<string>();
            using var channel = new FakeChannel();
            using var reader = new WebSocketReader(channel, LongestMessage, payload => heard.Add(Encoding.UTF8.GetString(payload.Span)));
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(random.Next(3) switch { 0 => 1, 1 => random.Next(1, 100), _ => random.Next(1, 40_000) }, bytes.Length - at);
                channel.Arrive(bytes.AsSpan(at, length));
                at += length;
            }

            Assert.Equal(messages, ReadAll(reader, random, out var end));
            Assert.Equal(pings, heard);
            Assert.Equal(("closed by the peer (1000 bye)", 1000), (end, reader.PeerCloseCode));
        }
    }

    [Fact]
    public void Without_a_buffer_it_says_that_something_is_there_and_how_much_and_takes_nothing()
    {
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        Assert.False(reader.TryReceive([], out _));

        channel.Arrive(Frame(Text, "four"u8));
        Assert.True(reader.TryReceive([], out var there));
        Assert.Equal((0, false, 4L), (there.Count, there.EndOfFrame, there.Expected));

        var buffer = new byte[3];
        Assert.True(reader.TryReceive(buffer, out var first));
        Assert.Equal((3, false, 1L), (first.Count, first.EndOfFrame, first.Expected));
        Assert.True(reader.TryReceive(buffer, out var second));
        Assert.Equal((1, true, 0L), (second.Count, second.EndOfFrame, second.Expected));
    }

    [Fact]
    public void An_empty_message_needs_no_buffer()
    {
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        channel.Arrive(Frame(Binary, []));

        Assert.True(reader.TryReceive([], out var outcome));

        Assert.Equal((0, true, false), (outcome.Count, outcome.EndOfFrame, outcome.Ended));
    }

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "a frame without a mask", [0x81, 0x05, .. "plain"u8], 1002 },
        { "a reserved opcode", [0x83, 0x80, 0, 0, 0, 0], 1002 },
        { "a reserved control opcode", [0x8B, 0x80, 0, 0, 0, 0], 1002 },
        { "a reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002 },
        { "a continuation of nothing", Frame(Continuation, "x"u8), 1002 },
        { "a message within a message", [.. Frame(Text, "x"u8, isFinal: false), .. Frame(Text, "x"u8)], 1002 },
        { "a fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002 },
        { "a ping that is too long", [0x89, 0xFE], 1002 },
        { "a length that is negative", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002 },
        { "the greatest length", [0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1002 },
        { "16 bits for a length of 125", [0x82, 0xFE, 0, 125, 0, 0, 0, 0], 1002 },
        { "64 bits for a length of 65,535", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0], 1002 },
        { "2^62 bytes", [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], 1009 },
        { "one byte too many", [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], 1009 },
        { "one byte too many in all", [.. Frame(Text, new byte[1], isFinal: false), .. Frame(Ping, "x"u8), 0x80, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 1009 },
        { "many fragments", [.. Enumerable.Range(0, 66).SelectMany(index => Frame(index == 0 ? Binary : Continuation, new byte[1023], isFinal: false))], 1009 },
        { "a reserved bit of a ping", [0xA9, 0x80, 0, 0, 0, 0], 1002 },
        { "the last opcode", [0x8F, 0x80, 0, 0, 0, 0], 1002 },
        { "a close without a mask", [0x88, 0x00], 1002 },
        { "a fragmented close", [0x08, 0x80, 0, 0, 0, 0], 1002 },
        { "a close that is too long", [0x88, 0xFE], 1002 },
        { "half a close code", Frame(Close, [3]), 1002 },
        { "a close code that does not travel", Frame(Close, [0x03, 0xED]), 1002 },
        { "a close code of 1004", Frame(Close, [0x03, 0xEC]), 1002 },
        { "a close code of 1006", Frame(Close, [0x03, 0xEE]), 1002 },
        { "a close code of 1015", Frame(Close, [0x03, 0xF7]), 1002 },
        { "a close code of 0", Frame(Close, [0, 0]), 1002 },
        { "a close code of 999", Frame(Close, [0x03, 0xE7]), 1002 },
        { "a close code of 5000", Frame(Close, [0x13, 0x88]), 1002 },
        { "a close code of nobody", Frame(Close, [0x07, 0xD0]), 1002 },
        { "a close reason that is no UTF-8", Frame(Close, [0x03, 0xE8, 0xFF]), 1007 },
        { "text that is no UTF-8", Frame(Text, [(byte)'a', 0xFF]), 1007 },
        { "text that ends within a character", Frame(Text, [0xE2, 0x82]), 1007 },
        { "text whose fragments make no character", [.. Frame(Text, [0xE2], isFinal: false), .. Frame(Continuation, [0x28, 0xA1])], 1007 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void A_violation_is_thrown_with_the_code_of_its_close(string what, byte[] bytes, int code)
    {
        Assert.NotEmpty(what);
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        channel.Arrive(bytes);

        var violation = Assert.Throws<WebSocketViolationException>(() => ReadAll(reader, new Random(1), out _));

        Assert.Equal(code, violation.Reason.Code);
    }

    [Fact]
    public void The_longest_message_is_read_in_one_frame_or_in_many()
    {
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        channel.Arrive([.. Frame(Text, new byte[LongestMessage]), .. Frame(Binary, new byte[LongestMessage - 1], isFinal: false), .. Frame(Continuation, new byte[1]), .. Frame(Close, [])]);

        Assert.Equal([LongestMessage, LongestMessage], ReadAll(reader, new Random(1), out _).Select(message => message.Length));
    }

    [Theory]
    [InlineData(Ping)]
    [InlineData(Pong)]
    [InlineData(Continuation)]
    public void Frames_without_a_piece_of_a_message_do_not_keep_the_thread(int opcode)
    {
        const int Frames = 5000;
        var pings = 0;
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => pings++);
        channel.Arrive(Frame(Text, "a"u8, isFinal: false));
        channel.Arrive(Enumerable.Repeat(Frame(opcode, [], isFinal: opcode != Continuation), Frames).SelectMany(frame => frame).ToArray());
        channel.Arrive(Frame(Continuation, "b"u8));
        var buffer = new byte[10];
        Assert.True(reader.TryReceive(buffer, out var first));

        var turns = 0;
        var second = default(Runtime.Connections.ReceiveOutcome);
        while (!reader.TryReceive(buffer, out second))
        {
            Assert.True(reader.GaveWay);
            turns++;
        }

        Assert.Equal((1, false, 1, true), (first.Count, first.EndOfFrame, second.Count, second.EndOfFrame));
        Assert.InRange(turns, Frames / 1000, Frames / 10);
        Assert.Equal(opcode == Ping ? Frames : 0, pings);
        Assert.False(reader.TryReceive(buffer, out _));
        Assert.False(reader.GaveWay);
    }

    [Fact]
    public void Binary_may_hold_any_bytes()
    {
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        channel.Arrive([.. Frame(Binary, [0xFF, 0xFE]), .. Frame(Close, [])]);

        Assert.Equal(["\u00FF\u00FE"], ReadAll(reader, new Random(1), out var end, Encoding.Latin1));
        Assert.Equal("closed by the peer (1005)", end);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void An_end_without_a_close_is_a_loss(int bytesOfFrame)
    {
        using var channel = new FakeChannel();
        using var reader = new WebSocketReader(channel, LongestMessage, _ => { });
        channel.Arrive(Frame(Text, "abc"u8).AsSpan(0, bytesOfFrame));
        channel.Arrive([]);

        ReadAll(reader, new Random(1), out var end);

        Assert.StartsWith("connection lost", end, StringComparison.Ordinal);
        Assert.Null(reader.PeerCloseCode);
    }

    private static (byte[] Bytes, List<string> Messages, List<string> Pings) Conversation(Random random)
    {
        var (bytes, messages, pings) = (new List<byte>(), new List<string>(), new List<string>());
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var message = string.Concat(Enumerable.Range(0, random.Next(4) == 0 ? random.Next(16_000) : random.Next(40)).Select(_ => random.Next(5) switch
            {
                0 => "é",
                1 => "€",
                2 => "𝄞",
                _ => "x",
            }));
            messages.Add(message);
            var payload = Encoding.UTF8.GetBytes(message);
            var opcode = random.Next(2) == 0 ? Text : Binary;
            var at = 0;
            do
            {
                var length = random.Next(3) == 0 ? random.Next(payload.Length - at + 1) : payload.Length - at;
                var isFinal = at + length == payload.Length && random.Next(4) != 0;
                bytes.AddRange(Frame(opcode, payload.AsSpan(at, length), isFinal, (uint)random.Next()));
                (at, opcode) = (at + length, Continuation);
                if (random.Next(3) == 0)
                {
                    var ping = new string('p', random.Next(126));
                    pings.Add(ping);
                    bytes.AddRange(Frame(Ping, Encoding.UTF8.GetBytes(ping), mask: (uint)random.Next()));
                    bytes.AddRange(Frame(Pong, "unasked"u8));
                }

                if (isFinal)
                {
                    break;
                }
            }
            while (true);
        }

        bytes.AddRange(Frame(Close, [0x03, 0xE8, .. "bye"u8], mask: (uint)random.Next()));
        return ([.. bytes], messages, pings);
    }

    private static List<string> ReadAll(WebSocketReader reader, Random random, out string? end, Encoding? encoding = null)
    {
        var (messages, message) = (new List<string>(), new MemoryStream());
        end = null;
        while (true)
        {
            var buffer = new byte[random.Next(4) == 0 ? 0 : random.Next(1, 30_000)];
            if (!reader.TryReceive(buffer, out var outcome))
            {
                if (reader.GaveWay)
                {
                    continue;
                }

                return messages; // all that arrived is read
            }

            if (outcome.Ended)
            {
                end = outcome.EndReason;
                return messages;
            }

            message.Write(buffer, 0, outcome.Count);
            if (outcome.EndOfFrame)
            {
                messages.Add((encoding ?? Encoding.UTF8).GetString(message.ToArray()));
                message.SetLength(0);
            }
        }
    }

    private static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, uint mask = 0x44332211)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            < 65_536 => [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= (byte)(mask >> (i % 4 * 8));
        }

        return [(byte)((isFinal ? 0x80 : 0) | opcode), .. length, .. BitConverter.GetBytes(mask), .. masked];
    }
}
