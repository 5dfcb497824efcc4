using System.Net;
using System.Net.Sockets;
using ExecActors.Testing;

namespace ExecActors.Platform.Tests.Sockets;

public sealed class StreamSocketTests : IClassFixture<LeakCheck>, IAsyncLifetime, IDisposable
{
    private readonly SocketReactor _reactor = new();
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SocketListener _listener = null!;
    private StreamSocket _server = null!;

    public async Task InitializeAsync()
    {
        var accepted = new TaskCompletionSource<StreamSocket>(TaskCreationOptions.RunContinuationsAsynchronously);
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen();
        _listener = _reactor.Listen(_listening, accepted.SetResult, _ => { });
        await _client.ConnectAsync(_listening.LocalEndPoint!).SoonAsync();
        _server = await accepted.Task.SoonAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _listener.Dispose();
        _listening.Dispose();
        _reactor.Dispose();
    }

    [Fact]
    public void The_peer_is_the_one_who_connected() => Assert.Equal(_client.LocalEndPoint, _server.Peer);

    [Fact]
    public async Task What_arrives_is_received_in_order_to_the_end_whatever_the_sizes()
    {
        var random = new Random(3);
        var sent = new byte[1_000_000];
        random.NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length;)
            {
                at += await _client.SendAsync(sent.AsMemory(at, Math.Min(random.Next(1, 5_000), sent.Length - at)));
            }

            _client.Shutdown(SocketShutdown.Send);
        });

        var received = await ReceiveToEndAsync(random);

        Assert.Equal(sent, received);
        await sending.SoonAsync();
    }

    [Fact]
    public async Task A_peer_that_does_not_read_makes_the_send_wait_and_then_gets_all_of_it()
    {
        var first = new byte[3_000_000];
        var second = new byte[5_000_000];
        new Random(4).NextBytes(first);
        new Random(5).NextBytes(second);

        var sending = _server.SendAsync(first, second, CancellationToken.None).AsTask();
        Assert.False(sending.IsCompleted);

        var received = new byte[first.Length + second.Length];
        for (var at = 0; at < received.Length;)
        {
            at += await _client.ReceiveAsync(received.AsMemory(at)).AsTask().SoonAsync();
        }

        await sending.SoonAsync();
        Assert.True(received.AsSpan(0, first.Length).SequenceEqual(first) && received.AsSpan(first.Length).SequenceEqual(second));
    }

    [Fact]
    public async Task A_send_that_waits_can_be_given_up()
    {
        using var cancelled = new CancellationTokenSource();
        var sending = _server.SendAsync(new byte[16_000_000], default, cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.SoonAsync());
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_woken_for_something_else()
    {
        Assert.Equal(StreamSocket.WouldBlock, await ReceiveOnceQuietAsync());
        var waiting = _server.WaitReadableAsync().AsTask();

        _server.WakeReceiver();

        await waiting.SoonAsync();
        Assert.Equal(StreamSocket.WouldBlock, _server.Receive(new byte[1]));
    }

    [Fact]
    public async Task Closing_ends_a_receive_and_a_send_that_wait()
    {
        Assert.Equal(StreamSocket.WouldBlock, await ReceiveOnceQuietAsync());
        var receiving = _server.WaitReadableAsync().AsTask();
        var sending = _server.SendAsync(new byte[16_000_000], default, CancellationToken.None).AsTask();

        _server.Dispose();

        await receiving.SoonAsync();
        Assert.Throws<ObjectDisposedException>(() => _server.Receive(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sending.SoonAsync());
    }

    [Fact]
    public async Task An_aborted_connection_is_reset()
    {
        _server.Abort();

        var error = await Assert.ThrowsAsync<SocketException>(() => _client.ReceiveAsync(new byte[1]).SoonAsync());

        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_reset_of_the_peer_is_an_IOException_for_both_directions()
    {
        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Close();
        await _server.WaitReadableAsync().AsTask().SoonAsync();

        Assert.Throws<IOException>(() => Drain());
        await Assert.ThrowsAsync<IOException>(() => _server.SendAsync(new byte[1], default, CancellationToken.None).AsTask().SoonAsync());

        int Drain()
        {
            int count;
            while ((count = _server.Receive(new byte[1])) > 0)
            {
                // what came before the reset
            }

            return count;
        }
    }

    [Fact]
    public async Task The_end_of_what_is_sent_lets_the_other_direction_go_on()
    {
        await _server.SendAsync("last"u8.ToArray(), default, CancellationToken.None);
        _server.EndSending();
        var buffer = new byte[10];
        Assert.Equal(4, await _client.ReceiveAsync(buffer).SoonAsync());
        Assert.Equal(0, await _client.ReceiveAsync(buffer).SoonAsync());
        await _client.SendAsync("more"u8.ToArray());
        _client.Shutdown(SocketShutdown.Send);

        Assert.Equal("more"u8.ToArray(), await ReceiveToEndAsync(new Random(6)));
    }

    // The socket became writable with its first event, which is no reason to look for something to read twice.
    private async Task<int> ReceiveOnceQuietAsync()
    {
        int count;
        while ((count = _server.Receive(new byte[1])) == StreamSocket.WouldBlock)
        {
            var waiting = _server.WaitReadableAsync().AsTask();
            if (!waiting.IsCompleted)
            {
                _server.WakeReceiver();
                await waiting;
                break;
            }
        }

        return count;
    }

    private async Task<byte[]> ReceiveToEndAsync(Random random)
    {
        var received = new MemoryStream();
        while (true)
        {
            var buffer = new byte[random.Next(1, 9_000)];
            switch (_server.Receive(buffer))
            {
                case 0:
                    return received.ToArray();
                case StreamSocket.WouldBlock:
                    await _server.WaitReadableAsync().AsTask().SoonAsync();
                    break;
                case var count:
                    await received.WriteAsync(buffer.AsMemory(0, count));
                    break;
            }
        }
    }
}
