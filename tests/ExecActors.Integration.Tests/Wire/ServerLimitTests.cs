namespace ExecActors.Integration.Tests.Wire;

/// <summary>The limits that all clients of a server share.</summary>
public sealed class ServerLimitTests(ServerLimitTests.SmallFixture fixture) : IClassFixture<ServerLimitTests.SmallFixture>
{
    [Fact]
    public async Task A_process_beyond_the_limit_of_the_server_is_refused_in_every_session_until_one_has_ended()
    {
        await using var one = await fixture.OpenAsync();
        await using var two = await fixture.OpenAsync();
        using var step = new Fifo();
        await one.StartAsync(WireClient.ScriptParams("a", step.Wait));
        await two.StartAsync(WireClient.ScriptParams("b", "exec sleep 600"));
        var refusal = new WireError(ErrorCode.LimitReached, "limit reached: limits.processes");
        Assert.Equal(refusal, await one.ErrorAsync("process/start", WireClient.StartParams("c", "/bin/true")));
        Assert.Equal(refusal, await two.ErrorAsync("process/start", WireClient.StartParams("c", "/bin/true")));

        await step.ReleaseAsync();
        await one.FinishAsync("a");
        Assert.Equal(0, (await two.RunAsync("c", "exit 0")).ExitCode);
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_answered_503_until_one_has_ended()
    {
        var held = new List<WireClient>();
        try
        {
            for (var i = 0; i < SmallFixture.Connections; i++)
            {
                held.Add(await fixture.OpenAsync());
            }

            var refused = await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/", RawHttp.UpgradeHeaders);
            Assert.Equal((503, "1"), (refused.Status, refused["retry-after"]));
            Assert.Equal("ready", (string?)(await held[0].ResultAsync("environment/status"))["status"]);
            Assert.Equal(200, (await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/readyz")).Status);

            // The server has seen a close when it has answered it; one connection less lets one more in.
            await held[^1].Socket.SendFrameAsync(WebSocketOpcode.Close, new byte[] { 0x03, 0xE8 });
            await held[^1].EndingAsync();
            await OpenWhenThereIsRoomAsync(held);
        }
        finally
        {
            foreach (var client in held)
            {
                await client.DisposeAsync();
            }
        }
    }

    // The place is free when the connection's graph has ended, a moment after the close that the client saw.
    private async Task OpenWhenThereIsRoomAsync(List<WireClient> held)
    {
        var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        HttpAnswer answer;
        do
        {
            Assert.True(Environment.TickCount64 < patience, "no room though a connection has ended");
            answer = await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/", RawHttp.UpgradeHeaders);
        }
        while (answer.Status == 503);
        Assert.Equal(101, answer.Status);
        Assert.Equal(SmallFixture.Connections, held.Count);
    }

    /// <summary>A server with room for two processes and three connections.</summary>
    public sealed class SmallFixture() : ConfiguredServerFixture("execactors.limits { processes = 2, connections = 3 }")
    {
        /// <summary>Connections it takes.</summary>
        public const int Connections = 3;
    }
}
