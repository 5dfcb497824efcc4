using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ExecActors.Testing.Fuzzing;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Any bytes behind the upgrade: the server answers in whole frames, ends the connection, and fails nowhere.</summary>
public sealed class WebSocketFuzzTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    // Only what does nothing to the machine: mutated paths and commands would do as they say.
    private static readonly string[] _harmless =
        ["\"initialize\"", "\"initialized\"", "\"environment/", "\"process/read\"", "\"process/write\"", "\"process/terminate\"", "\"process/signal\"", "\"no/such\"", "\"http/cancel\""];

    [Fact]
    public async Task Any_bytes_are_answered_in_whole_frames_and_harm_no_other_connection()
    {
        await using var other = await fixture.OpenAsync();
        await Fuzzer.RunAsync(
            nameof(WebSocketFuzzTests), "ExecActors.Integration.Tests", [.. Fuzzer.Regressions(nameof(WebSocketFuzzTests))], slice: 400, Check, Make);
        Assert.Equal("ready", (string?)(await other.ResultAsync("environment/status"))["status"]);
        Assert.DoesNotContain(" failed", fixture.Server.Log, StringComparison.Ordinal);
    }

    /// <summary>A handshake and some messages in frames and pieces of frames, with pings and closes between them; then changed.</summary>
    private static byte[] Make(Random random, IReadOnlyList<byte[]> corpus)
    {
        var messages = Fuzzer.Corpus("frames.txt").Where(frame => _harmless.Any(word => frame.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0)).ToList();
        var bytes = new List<byte>();
        Add("""{"id":1,"method":"initialize","params":{"clientName":"fuzz"}}"""u8.ToArray());
        Add("""{"method":"initialized"}"""u8.ToArray());
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            Add(messages[random.Next(messages.Count)]);
        }

        return random.Next(8) == 0 ? [.. bytes] : new ByteMutator(random, messages).Mutate([.. bytes]);

        void Add(byte[] message)
        {
            var cut = random.Next(4) == 0 ? random.Next(message.Length) : message.Length;
            bytes.AddRange(Masked(WebSocketOpcode.Text, message[..cut], final: cut == message.Length, random));
            if (random.Next(5) == 0)
            {
                var opcode = random.Next(6) == 0 ? WebSocketOpcode.Close : WebSocketOpcode.Ping;
                bytes.AddRange(Masked(opcode, message[..random.Next(Math.Min(message.Length, 60))], final: true, random));
            }

            if (cut < message.Length)
            {
                bytes.AddRange(Masked(WebSocketOpcode.Continuation, message[cut..], final: true, random));
            }
        }
    }

    private static byte[] Masked(WebSocketOpcode opcode, byte[] payload, bool final, Random random)
    {
        var mask = new byte[4];
        random.NextBytes(mask);
        return [.. WebSocketFrame.Header(opcode, payload.Length, final), .. mask, .. payload.Select((value, index) => (byte)(value ^ mask[index & 3]))];
    }

    private void Check(byte[] input)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds };
        socket.Connect(fixture.Server.Endpoint);
        socket.Send(RawHttp.Request(fixture.Server.Endpoint, "GET", "/", RawHttp.UpgradeHeaders));
        var answer = ReceiveToEnd(socket, () =>
        {
            socket.Send(input);
            socket.Shutdown(SocketShutdown.Send);
        });
        var head = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(answer.AsSpan().StartsWith("HTTP/1.1 101 "u8), Encoding.Latin1.GetString(answer, 0, Math.Max(head, 0)));
        CheckFrames(answer.AsSpan(head + 4));
    }

    private static byte[] ReceiveToEnd(Socket socket, Action afterUpgrade)
    {
        var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var isUpgraded = false;
        try
        {
            while (socket.Receive(buffer) is > 0 and var count)
            {
                all.Write(buffer, 0, count);
                if (!isUpgraded && all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf("\r\n\r\n"u8) >= 0)
                {
                    isUpgraded = true;
                    afterUpgrade();
                }
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // ended by the server with some of our bytes unread
        }

        return all.ToArray();
    }

    private static void CheckFrames(ReadOnlySpan<byte> bytes)
    {
        var isClosed = false;
        while (bytes.Length >= 2)
        {
            Assert.False(isClosed, "something came behind the close frame");
            Assert.True((bytes[0] & 0xF0) == 0x80 && bytes[1] <= 126, $"a frame begins with {bytes[0]:x2} {bytes[1]:x2}"); // no answer here is beyond 64 KiB
            var header = bytes[1] < 126 ? 2 : 4;
            var length = header == 2 ? bytes[1] : bytes.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (bytes.Length - header < length)
            {
                return; // cut by a reset
            }

            CheckFrame((WebSocketOpcode)(bytes[0] & 0x0F), bytes.Slice(header, length));
            isClosed = (bytes[0] & 0x0F) == (int)WebSocketOpcode.Close;
            bytes = bytes[(header + length)..];
        }
    }

    private static void CheckFrame(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == WebSocketOpcode.Text)
        {
            using var message = JsonDocument.Parse(payload.ToArray());
            Assert.True(message.RootElement.TryGetProperty("id", out _) && (message.RootElement.TryGetProperty("result", out _) || message.RootElement.TryGetProperty("error", out _)));
        }
        else
        {
            Assert.True(opcode is WebSocketOpcode.Pong or WebSocketOpcode.Close or WebSocketOpcode.Ping, $"a frame of kind {opcode}");
        }
    }
}
