using System.Net;
using System.Net.Sockets;
using ExecActors.Hosting.Transports;
using ExecActors.Platform;
using Microsoft.Extensions.Time.Testing;

namespace ExecActors.Hosting.Tests.Transports;

public sealed class PeerWatchTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(25);

    private readonly FakeTimeProvider _time = new();
    private readonly PeerWatches _all;
    private TcpProgress _progress;
    private int _cuts;

    public PeerWatchTests() => _all = new PeerWatches(s_timeout, _time);

    public void Dispose() => _all.Dispose();

    [Fact]
    public void A_peer_that_acknowledges_nothing_is_cut_within_the_timeout()
    {
        using var watch = Watch();
        _progress = new TcpProgress(AwaitsAck: true, TimeSpan.FromHours(1));

        Advance(s_timeout - TimeSpan.FromSeconds(1));
        Assert.Equal(0, _cuts);
        Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _cuts);
    }

    [Fact]
    public void A_peer_with_a_closed_window_that_answers_probes_is_kept()
    {
        using var watch = Watch();
        _progress = new TcpProgress(AwaitsAck: false, TimeSpan.FromMinutes(2));

        Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, _cuts);
    }

    [Fact]
    public void A_peer_to_which_there_is_no_way_any_more_is_cut_although_its_last_acknowledgement_came_after_the_last_bytes()
    {
        using var watch = Watch();
        for (var attempts = 1; _cuts == 0; attempts++)
        {
            // The kernel waits twice as long after each attempt: most looks find no further one.
            for (var second = 0; second < 1 << Math.Min(attempts, 5); second++)
            {
                _progress = new TcpProgress(AwaitsAck: false, TimeSpan.FromHours(1), attempts);
                Advance(TimeSpan.FromSeconds(1));
            }

            Assert.InRange(attempts, 1, 5);
        }
    }

    [Fact]
    public void A_peer_without_room_that_answers_every_attempt_is_kept()
    {
        using var watch = Watch();
        for (var attempts = 1; attempts < 8; attempts++)
        {
            for (var second = 0; second < 100; second++)
            {
                _progress = new TcpProgress(AwaitsAck: false, TimeSpan.FromSeconds(second), attempts);
                Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(0, _cuts);
    }

    [Fact]
    public void An_acknowledgement_in_between_starts_the_time_anew()
    {
        using var watch = Watch();
        for (var i = 0; i < 10; i++)
        {
            _progress = new TcpProgress(AwaitsAck: true, TimeSpan.FromMinutes(1));
            Advance(TimeSpan.FromSeconds(15));
            _progress = new TcpProgress(AwaitsAck: true, TimeSpan.FromMilliseconds(20));
            Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(0, _cuts);
    }

    [Fact]
    public void All_peers_are_looked_at_in_one_pass_and_none_once_they_are_gone()
    {
        var looks = new List<(int Peer, DateTimeOffset At)>();
        var peers = new List<PeerWatch>();
        for (var number = 0; number < 3; number++)
        {
            var peer = number;
            peers.Add(new PeerWatch(
                _all,
                () =>
                {
                    looks.Add((peer, _time.GetUtcNow()));
                    return _progress;
                },
                () => _cuts++));
            Advance(TimeSpan.FromSeconds(1));
        }

        Advance(s_timeout);
        Assert.Equal(5, looks.Select(look => look.At).Distinct().Count());
        Assert.Equal(15, looks.Count);

        peers.ForEach(peer => peer.Dispose());
        Advance(s_timeout);
        Assert.Equal(15, looks.Count);
        using var another = Watch();
        _progress = new TcpProgress(AwaitsAck: true, TimeSpan.FromHours(1));
        Advance(s_timeout);
        Assert.Equal(1, _cuts);
    }

    [Fact]
    public async Task The_kernel_tells_of_a_connection_whose_bytes_were_acknowledged()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptSocketAsync();
        await server.SendAsync("ping"u8.ToArray());
        Assert.Equal(4, await client.GetStream().ReadAsync(new byte[4]));
        await client.GetStream().WriteAsync("pong"u8.ToArray()); // carries the acknowledgement
        Assert.Equal(4, await server.ReceiveAsync(new byte[4]));

        var progress = TcpProgress.Of(server);

        Assert.False(progress.AwaitsAck);
        Assert.InRange(progress.SinceLastAck, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    // A second at a time: a timer that is due within one step sees the clock at the step's end.
    private void Advance(TimeSpan by)
    {
        for (var second = 0; second < by.TotalSeconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private PeerWatch Watch() => new(_all, () => _progress, () => _cuts++);
}
