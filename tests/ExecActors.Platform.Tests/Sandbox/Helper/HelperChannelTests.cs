using System.Text;
using ExecActors.Platform.Interop;
using ExecActors.Testing;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Tests.Sandbox.Helper;

public sealed class HelperChannelTests : IClassFixture<LeakCheck>
{
    private const int Packet = HelperSocket.PacketBytes;

    public static TheoryData<int> Lengths => [0, 1, Packet - 1, Packet, Packet + 1, (2 * Packet) - 1, 2 * Packet, (40 * Packet) + 17];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_message_of_any_length_arrives_whole_in_both_directions(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using var channel = HelperChannel.Create(out var end);
        var peer = Serve(end, (port, request) => port.TryAnswer(request, HelperMessageKind.Result, request.Body.Span));

        for (var turn = 0; turn < 3; turn++)
        {
            using var answer = channel.Call(7, bytes, TestTimeouts.Default);
            Assert.Equal(HelperMessageKind.Result, answer.Kind);
            Assert.True(answer.Body.Span.SequenceEqual(bytes));
            Assert.Empty(answer.TakeDescriptors());
        }

        channel.Dispose();
        await peer.SoonAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * Packet)]
    public async Task A_descriptor_comes_with_an_answer_and_is_closed_by_exec(int bodyLength)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("file", "content");
        using var channel = HelperChannel.Create(out var end);
        var peer = Serve(end, (port, request) =>
        {
            using var file = File.OpenHandle(path);
            return port.TryAnswer(request, HelperMessageKind.Result, new byte[bodyLength], file);
        });

        using (var answer = channel.Call(1, default, TestTimeouts.Default))
        using (var descriptor = Assert.Single(answer.TakeDescriptors()))
        {
            Assert.Equal(1, Libc.CloseOnExec(descriptor));
            Assert.Equal(bodyLength, answer.Body.Length);
            var content = new byte[64];
            Assert.Equal("content", Encoding.UTF8.GetString(content, 0, await RandomAccess.ReadAsync(descriptor, content, 0)));
        }

        channel.Call(1, default, TestTimeouts.Default).Dispose(); // the descriptor that nobody took goes with the message
        channel.Dispose();
        await peer.SoonAsync();
    }

    [Fact]
    public async Task Two_descriptors_come_in_their_order()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [folder.Write("a", "a"), folder.Write("bb", "bb")];
        using var channel = HelperChannel.Create(out var end);
        var peer = Serve(end, (port, request) =>
        {
            using var first = File.OpenHandle(paths[0]);
            using var second = File.OpenHandle(paths[1]);
            return port.TryAnswer(request, HelperMessageKind.Result, default, first, second);
        });

        using (var answer = channel.Call(1, default, TestTimeouts.Default))
        {
            var descriptors = answer.TakeDescriptors();
            Assert.Equal([1, 2], descriptors.Select(RandomAccess.GetLength));
            Array.ForEach(descriptors, descriptor => descriptor.Dispose());
        }

        channel.Dispose();
        await peer.SoonAsync();
    }

    [Fact]
    public void A_channel_is_open_until_the_helper_closes_its_end()
    {
        using var channel = HelperChannel.Create(out var end);
        Assert.True(channel.IsOpen);
        end.Dispose();
        Assert.False(channel.IsOpen);
    }

    [Fact]
    public async Task A_refusal_is_told_from_a_result()
    {
        using var channel = HelperChannel.Create(out var end);
        var peer = Serve(end, (port, request) => port.TryAnswer(request, HelperMessageKind.Refusal, "no"u8));

        using (var answer = channel.Call(1, default, TestTimeouts.Default))
        {
            Assert.Equal(HelperMessageKind.Refusal, answer.Kind);
            Assert.Equal("no", Encoding.UTF8.GetString(answer.Body.Span));
        }

        channel.Dispose();
        await peer.SoonAsync();
    }

    [Fact]
    public async Task A_helper_that_is_gone_is_told_before_and_after_the_request()
    {
        using var channel = HelperChannel.Create(out var end);
        end.Dispose();
        Assert.Equal("it closed its end", Lost(channel));

        using var other = HelperChannel.Create(out end);
        using var port = new HelperPort(end);
        var call = Task.Run(() => Lost(other));
        Assert.True(port.TryReceive(out var request));
        request.Dispose();
        port.Dispose();
        Assert.Equal("it closed its end", await call.SoonAsync());
    }

    [Fact]
    public async Task A_helper_that_goes_in_the_middle_of_an_answer_is_told()
    {
        using var channel = HelperChannel.Create(out var end);
        var call = Task.Run(() => Lost(channel));
        using (var port = new HelperPort(end))
        {
            Assert.True(port.TryReceive(out var request));
            request.Dispose();
            SendRaw(end, new HelperPacketHeader(1, HelperMessageKind.Result, more: true, 1), new byte[Packet]);
        }

        Assert.Equal("it closed its end in the middle of an answer", await call.SoonAsync());
    }

    [Fact]
    public void A_helper_that_does_not_answer_in_time_is_lost()
    {
        using var channel = HelperChannel.Create(out var end);
        using (end)
        {
            Assert.Equal("it did not answer within 0.005 s", Lost(channel, TimeSpan.FromMilliseconds(5)));
        }
    }

    [Fact]
    public void A_helper_that_does_not_read_is_lost_too()
    {
        using var channel = HelperChannel.Create(out var end);
        using (end)
        {
            var failure = Assert.Throws<HelperLostException>(
                () => channel.Call(1, new byte[4 * 1024 * 1024], TimeSpan.FromMilliseconds(5)));
            Assert.Equal("it did not answer within 0.005 s", failure.Message);
        }
    }

    [Fact]
    public async Task An_abort_ends_a_call_in_progress()
    {
        using var channel = HelperChannel.Create(out var end);
        using var port = new HelperPort(end);
        var call = Task.Run(() => Lost(channel, Timeout.InfiniteTimeSpan));
        Assert.True(port.TryReceive(out var request));

        channel.Abort();

        Assert.Equal("it closed its end", await call.SoonAsync());
        Assert.False(port.TryAnswer(request, HelperMessageKind.Result, default));
        Assert.False(port.TryReceive(out _));
        request.Dispose();
    }

    [Theory]
    [InlineData(2u, 2, 1)] // another request's number
    [InlineData(1u, 1, 1)] // a request
    [InlineData(1u, 9, 1)] // no kind there is
    [InlineData(1u, 2, 2)] // another method
    public void An_answer_to_something_else_ends_the_conversation(uint id, int kind, ushort method)
    {
        using var channel = HelperChannel.Create(out var end);
        using (end)
        {
            SendRaw(end, new HelperPacketHeader(id, (HelperMessageKind)kind, more: false, method), default);
            Assert.Equal("it answered something that was not asked", Lost(channel));
        }
    }

    [Fact]
    public void Packets_that_do_not_belong_together_end_the_conversation()
    {
        using var channel = HelperChannel.Create(out var end);
        using (end)
        {
            var first = new HelperPacketHeader(1, HelperMessageKind.Result, more: true, 1);
            SendRaw(end, first, new byte[Packet]);
            SendRaw(end, new HelperPacketHeader(2, HelperMessageKind.Result, more: true, 1), default);
            Assert.Equal("it mixed up its packets", Lost(channel));
        }
    }

    [Fact]
    public void A_part_of_a_message_is_a_full_packet_and_carries_no_descriptor()
    {
        var part = new HelperPacketHeader(1, HelperMessageKind.Result, more: true, 1);
        using var channel = HelperChannel.Create(out var end);
        using var other = HelperChannel.Create(out var otherEnd);
        using (end)
        using (otherEnd)
        {
            SendRaw(end, part, default);
            Assert.Equal("it mixed up its packets", Lost(channel));

            Libc.SendPacket(otherEnd, Bytes(part), new byte[Packet], [otherEnd]);
            Assert.Equal("it mixed up its packets", Lost(other));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(HelperPacketHeader.Size + Packet + 1)]
    public void A_packet_of_a_wrong_length_ends_the_conversation(int length)
    {
        using var channel = HelperChannel.Create(out var end);
        using (end)
        {
            Libc.SendPacket(end, default, new byte[length], []);
            Assert.StartsWith("it sent a packet of a wrong length", Lost(channel), StringComparison.Ordinal);
        }
    }

    private static Task Serve(SafeFileHandle end, Func<HelperPort, HelperMessage, bool> answer) => Task.Run(() =>
    {
        using var port = new HelperPort(end);
        while (port.TryReceive(out var request))
        {
            using (request)
            {
                Assert.True(answer(port, request));
            }
        }
    });

    private static string Lost(HelperChannel channel, TimeSpan? patience = null) =>
        Assert.Throws<HelperLostException>(() => channel.Call(1, default, patience ?? TestTimeouts.Default)).Message;

    private static byte[] Bytes(HelperPacketHeader header)
    {
        var bytes = new byte[HelperPacketHeader.Size];
        header.Write(bytes);
        return bytes;
    }

    private static void SendRaw(SafeFileHandle end, HelperPacketHeader header, ReadOnlySpan<byte> body) =>
        Assert.Equal(HelperPacketHeader.Size + body.Length, Libc.SendPacket(end, Bytes(header), body, []));
}
