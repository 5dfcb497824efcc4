using ExecActors.Hosting.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExecActors.Hosting.Tests.Transports;

public sealed class PingTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task The_server_pings_every_30_seconds_and_needs_no_answer()
    {
        await using var server = await ServerRun.ServeAsync(TestAcceptor.Echo(), _time);
        using var client = await ConnectAsync(server);

        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        await client.SendTextAsync("no ping before this");
        Assert.Equal("no ping before this", await client.ReadTextAsync());
        for (var i = 0; i < 45; i++)
        {
            _time.Advance(i == 0 ? TimeSpan.FromMilliseconds(1) : Interval);
            var ping = await client.ReadFrameAsync();
            Assert.Equal((0x89, 0), (ping.First, ping.Payload.Length));
        }

        await client.SendTextAsync("still served");
        Assert.Equal("still served", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Pongs_are_taken_without_a_word()
    {
        await using var server = await ServerRun.ServeAsync(TestAcceptor.Echo(), _time);
        using var client = await ConnectAsync(server);

        _time.Advance(Interval);
        await client.ReadFrameAsync();
        await client.SendFrameAsync(0xA, []);
        await client.SendFrameAsync(0xA, "nobody asked"u8);
        await client.SendTextAsync("next");

        Assert.Equal("next", await client.ReadTextAsync());
    }

    // Once a message was echoed the transport is there, and with it its timer.
    private static async Task<WireClient> ConnectAsync(ServerRun server)
    {
        var client = await server.ConnectAsync();
        await client.UpgradeAsync();
        await client.SendTextAsync("x");
        await client.ReadTextAsync();
        return client;
    }
}
