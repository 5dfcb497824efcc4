using System.IO.Pipelines;
using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Hosting.Transports;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.Tests.Transports;

public sealed class WebSocketTransportTests
{
    private const int Text = 1;
    private const int Binary = 2;
    private const int Continuation = 0;
    private const int Close = 8;
    private const int Ping = 9;

    [Fact]
    public async Task Text_and_binary_messages_come_in_and_text_goes_out()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendTextAsync("""{"id":1}""");
        Assert.Equal("""{"id":1}""", await client.ReadTextAsync());
        await client.SendFrameAsync(Binary, """{"id":2,"ü":"€"}"""u8);
        Assert.Equal("""{"id":2,"ü":"€"}""", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Fragments_and_control_frames_between_them_make_one_message()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendFrameAsync(Text, "one "u8, final: false);
        await client.SendFrameAsync(Ping, "in between"u8);
        await client.SendFrameAsync(Continuation, ""u8, final: false);
        await client.SendFrameAsync(Continuation, "message"u8);

        var pong = await client.ReadFrameAsync();
        Assert.Equal((0x8A, "in between"), (pong.First, pong.Text));
        Assert.Equal("one message", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_peer_that_pings_without_a_pause_can_be_ended()
    {
        using var closed = new CancellationTokenSource();
        var settings = new WebSocketTransportSettings(64 * 1024 * 1024, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await using var transport = new WebSocketFrameTransport(new PingingChannel(), "peer", settings, TimeProvider.System);
        var buffer = new byte[100];
        var ended = Task.Run(async () =>
        {
            while (true)
            {
                var outcome = await transport.ReceiveAsync(buffer, closed.Token);
                if (outcome.Ended)
                {
                    return outcome.EndReason;
                }

                await closed.CancelAsync(); // it came back, though the peer goes on
            }
        });

        Assert.Equal("closed by the server", await ended.SoonAsync());
    }

    [Fact]
    public async Task A_wake_ends_one_wait_of_a_stream()
    {
        var pipe = new Pipe();
        await using var stream = pipe.Reader.AsStream();
        using var channel = new StreamChannel(stream, () => { });
        var first = channel.WaitReadableAsync().AsTask();
        channel.WakeReceiver();
        await first.SoonAsync();

        var second = channel.WaitReadableAsync().AsTask();
        Assert.False(second.IsCompleted);
        await pipe.Writer.WriteAsync("x"u8.ToArray());
        await second.SoonAsync();
    }

    [Fact]
    public async Task A_frame_may_arrive_byte_by_byte()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        foreach (var b in new byte[] { 0x81, 0x83, 0, 0, 0, 0, (byte)'a', (byte)'b', (byte)'c' })
        {
            await client.SendAsync(new[] { b });
        }

        Assert.Equal("abc", await client.ReadTextAsync());
    }

    [Fact]
    public async Task A_large_frame_passes_both_ways()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        var text = string.Create(3_000_000, 0, (span, _) => span.Fill('x'));

        var reading = client.ReadTextAsync();
        await client.SendTextAsync(text);

        Assert.Equal(text, await reading);
    }

    [Fact]
    public async Task A_receive_without_a_buffer_waits_and_takes_nothing()
    {
        var outcomes = new List<ReceiveOutcome>();
        var acceptor = new TestAcceptor(async transport =>
        {
            var buffer = new byte[3];
            foreach (var memory in new Memory<byte>[] { default, buffer, buffer, default, default })
            {
                outcomes.Add(await ReceiveSomethingAsync(transport, memory));
            }

            return new ConnectionEnd("seen enough");
        });
        await using var server = await ServerRun.ServeAsync(acceptor, time: null);
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        await client.SendTextAsync("four");
        await client.SendTextAsync("");
        await client.SendFrameAsync(Close, [0x03, 0xE8]);
        await client.ReadLossAsync();

        Assert.Equal(
            [
                ReceiveOutcome.Bytes(0, endOfFrame: false, expected: 4), ReceiveOutcome.Bytes(3, endOfFrame: false, expected: 1), ReceiveOutcome.Bytes(1, endOfFrame: true),
                ReceiveOutcome.Bytes(0, endOfFrame: true), ReceiveOutcome.End("closed by the peer (1000)"),
            ],
            outcomes);
    }

    [Theory]
    [InlineData(1000, "")]
    [InlineData(1001, "bye")]
    [InlineData(4000, "own reason")]
    public async Task A_close_of_the_peer_is_answered_with_its_code_and_ends_gracefully(int code, string reason)
    {
        var (server, ended) = await ServeOneAsync(TestAcceptor.EchoAsync);
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendFrameAsync(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

        var answer = await client.ReadFrameAsync();
        Assert.Equal((0x88, code), (answer.First, answer.CloseCode));
        await client.ReadEndAsync();
        Assert.Equal(reason.Length == 0 ? $"closed by the peer ({code})" : $"closed by the peer ({code} {reason})", (await ended.SoonAsync()).Reason);
    }

    [Fact]
    public async Task A_close_without_a_code_is_answered_with_1000()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendFrameAsync(Close, []);

        Assert.Equal(1000, (await client.ReadFrameAsync()).CloseCode);
        await client.ReadEndAsync();
    }

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "text that is no UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xFF, 0xFE], 1007 },
        { "a frame without a mask", [0x81, 0x05, .. "plain"u8], 1002 },
        { "a reserved opcode", [0x83, 0x80, 0, 0, 0, 0], 1002 },
        { "a reserved bit", [0xC1, 0x80, 0, 0, 0, 0], 1002 },
        { "a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002 },
        { "a fragmented ping", [0x09, 0x80, 0, 0, 0, 0], 1002 },
        { "a ping that is too long", [0x89, 0xFE, 0, 126, 0, 0, 0, 0], 1002 },
        { "a length of 2^62 and then nothing", [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4], 1009 },
        { "a byte more than 64 MiB and then nothing", [0x81, 0xFF, 0, 0, 0, 0, 4, 0, 0, 1, 1, 2, 3, 4], 1009 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_violation_is_told_in_a_close_frame_and_ends_the_connection(string what, byte[] bytes, int code)
    {
        Assert.NotEmpty(what);
        var (server, ended) = await ServeOneAsync(TestAcceptor.EchoAsync);
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendAsync(bytes);

        var answer = await client.ReadFrameAsync();
        Assert.Equal((0x88, code), (answer.First, answer.CloseCode));
        Assert.False(string.IsNullOrEmpty(answer.CloseReason));
        await client.ReadLossAsync();
        Assert.StartsWith("protocol violation", (await ended.SoonAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_lost_peer_is_an_outcome(bool reset, bool insideFrame)
    {
        var (server, ended) = await ServeOneAsync(TestAcceptor.EchoAsync);
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        if (insideFrame)
        {
            await client.SendAsync(new byte[] { 0x81, 0x85, 0, 0, 0, 0, (byte)'x' });
        }

        if (reset)
        {
            client.Reset();
        }
        else
        {
            client.ShutdownSend();
        }

        Assert.StartsWith("connection lost", (await ended.SoonAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_to_a_peer_that_is_gone_is_an_IOException()
    {
        var (server, ended) = await ServeOneAsync(async transport =>
        {
            Assert.True((await ReceiveSomethingAsync(transport, new byte[10])).Ended);
            var error = await Assert.ThrowsAsync<IOException>(async () =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    await transport.SendAsync(new byte[100_000], more: false, CancellationToken.None);
                }
            });
            return new ConnectionEnd(error.Message);
        });
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        var peer = client.LocalEndPoint.ToString();

        client.Reset();

        Assert.StartsWith($"websocket {peer} is gone: ", (await ended.SoonAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_is_told_with_code_and_reason_while_a_receive_waits()
    {
        var (server, ended) = await ServeOneAsync(async transport =>
        {
            var receiving = ReceiveSomethingAsync(transport, Memory<byte>.Empty);
            await transport.CloseAsync(new CloseReason(1008, "out you go"), CancellationToken.None);
            return new ConnectionEnd((await receiving).EndReason!);
        });
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        var close = await client.ReadFrameAsync();
        Assert.Equal((0x88, 1008, "out you go"), (close.First, close.CloseCode, close.CloseReason));
        await client.SendFrameAsync(Close, [0x03, 0xF0]);
        await client.ReadEndAsync();
        Assert.Equal("closed by the peer (1008)", (await ended.SoonAsync()).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_receive_leaves_the_connection_able_to_say_why_it_closes(bool insideFrame)
    {
        using var cancelled = new CancellationTokenSource();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (server, ended) = await ServeOneAsync(async transport =>
        {
            await ReceiveSomethingAsync(transport, new byte[1]);
            var receiving = ReceiveSomethingAsync(transport, insideFrame ? new byte[10] : Memory<byte>.Empty, cancelled.Token);
            received.SetResult();
            var outcome = await receiving;
            await transport.CloseAsync(CloseReason.ServerShutdown, CancellationToken.None);
            await closed.Task;
            return new ConnectionEnd(outcome.EndReason!);
        });
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        await client.SendFrameAsync(Text, "x"u8, final: !insideFrame);
        await received.Task.SoonAsync();
        if (insideFrame)
        {
            await client.SendAsync(new byte[] { 0x80, 0x85, 0, 0, 0, 0 });
        }

        await cancelled.CancelAsync();

        var close = await client.ReadFrameAsync();
        Assert.Equal((0x88, 1001), (close.First, close.CloseCode));
        closed.SetResult();
        Assert.Equal("closed by the server", (await ended.SoonAsync()).Reason);
        await client.ReadLossAsync();
    }

    [Fact]
    public async Task Disposing_without_a_close_cuts_the_connection()
    {
        var (server, _) = await ServeOneAsync(async transport =>
        {
            await ReceiveSomethingAsync(transport, Memory<byte>.Empty);
            return new ConnectionEnd("enough");
        });
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();

        await client.SendTextAsync("x");
        await client.ReadLossAsync();
    }

    [Fact]
    public async Task Nothing_follows_a_close_frame()
    {
        var (server, ended) = await ServeOneAsync(async transport =>
        {
            await transport.CloseAsync(CloseReason.ServerShutdown, CancellationToken.None);
            await transport.CloseAsync(CloseReason.ServerShutdown, CancellationToken.None);
            return await TestAcceptor.EchoAsync(transport);
        });
        await using var running = server;
        using var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        await client.ReadFrameAsync();

        await client.SendFrameAsync(Ping, "late"u8);
        await client.SendTextAsync("late");
        await client.SendFrameAsync(Close, [0x03, 0xE9]);

        await client.ReadEndAsync();
        await ended.SoonAsync();
    }

    // An outcome without anything says only that there may be something now.
    private static async Task<ReceiveOutcome> ReceiveSomethingAsync(IFrameTransport transport, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReceiveOutcome outcome;
        do
        {
            outcome = await transport.ReceiveAsync(buffer, cancellationToken);
        }
        while (outcome == ReceiveOutcome.Bytes(0, endOfFrame: false));
        return outcome;
    }

    private static async Task<(ServerRun Server, Task<ConnectionEnd> Ended)> ServeOneAsync(Func<IFrameTransport, Task<ConnectionEnd>> serve)
    {
        var ended = new TaskCompletionSource<ConnectionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var acceptor = new TestAcceptor(async transport =>
        {
            try
            {
                var end = await serve(transport);
                ended.SetResult(end);
                return end;
            }
            catch (Exception e)
            {
                ended.SetException(e);
                throw;
            }
        });
        return (await ServerRun.ServeAsync(acceptor, time: null), ended.Task);
    }
}
