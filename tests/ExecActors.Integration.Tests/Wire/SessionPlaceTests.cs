namespace ExecActors.Integration.Tests.Wire;

/// <summary>Sessions that nobody comes back to keep nobody out.</summary>
public sealed class SessionPlaceTests(SessionPlaceTests.SmallFixture fixture) : IClassFixture<SessionPlaceTests.SmallFixture>
{
    [Fact]
    [Difference("empty-sessions")]
    public async Task An_empty_session_is_forgotten_when_its_client_said_goodbye()
    {
        await using var client = await fixture.OpenAsync();
        await SayGoodbyeAsync(client);

        await using var late = await fixture.ConnectAsync();
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, $"unknown session id {client.SessionId}"),
            await late.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = client.SessionId }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_that_come_and_go_keep_nobody_out(bool goodbye)
    {
        for (var number = 0; number < 3 * SmallFixture.Sessions; number++)
        {
            await using var client = await OpenWhenItIsThereAsync();
            if (goodbye)
            {
                await SayGoodbyeAsync(client);
            }
        }
    }

    [Fact]
    public async Task One_with_a_process_waits_for_its_client_all_the_same()
    {
        await using var lost = await fixture.OpenAsync();
        await lost.StartAsync(WireClient.StartParams("p", "/bin/sleep", "600"));
        await SayGoodbyeAsync(lost);
        for (var number = 0; number < 2 * SmallFixture.Sessions; number++)
        {
            await using var other = await OpenWhenItIsThereAsync();
        }

        await using var again = await fixture.OpenAsync(lost.SessionId);
        Assert.True(await again.TerminateAsync("p"));
        await again.NotificationAsync("process/closed", "p");
    }

    private static async Task SayGoodbyeAsync(WireClient client)
    {
        await client.Socket.SendFrameAsync(WebSocketOpcode.Close, new byte[] { 0x03, 0xE8 });
        await client.EndingAsync();
    }

    // The server sees the end of a connection a moment after the client made it; until then its session is attached.
    private async Task<WireClient> OpenWhenItIsThereAsync()
    {
        var client = await fixture.ConnectAsync();
        var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (true)
        {
            try
            {
                await client.InitializeAsync();
                return client;
            }
            catch (InvalidOperationException refused) when (refused.Message.Contains("limits.sessions", StringComparison.Ordinal))
            {
                Assert.True(Environment.TickCount64 < patience, refused.Message);
            }
        }
    }

    /// <summary>A server with room for four sessions, three of one address.</summary>
    public sealed class SmallFixture() : ConfiguredServerFixture("execactors.limits { sessions = 4, sessions-per-principal = 3 }")
    {
        /// <summary>Sessions it takes.</summary>
        public const int Sessions = 4;
    }
}
