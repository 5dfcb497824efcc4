namespace ExecActors.Integration.Tests.Wire;

/// <summary>Sockets without a token keep nobody out who has one.</summary>
public sealed class StrangerTests(StrangerTests.SmallFixture fixture) : IClassFixture<StrangerTests.SmallFixture>
{
    private const int Sockets = 1200; // before, connections + 1024 took every place

    [Fact]
    public async Task A_client_with_the_token_is_let_in_while_strangers_hold_sockets()
    {
        await using var known = await OpenAsync();
        var strangers = new List<ByteConnection>();
        try
        {
            for (var number = 0; number < Sockets; number++)
            {
                var stranger = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
                strangers.Add(stranger);
                await SendAsync(stranger, (number % 3) switch
                {
                    0 => [],
                    1 => "GET / HTTP/1.1\r\nHo"u8.ToArray(),
                    _ => RawHttp.Request(fixture.Server.Endpoint, "GET", "/readyz", new Dictionary<string, string> { ["Connection"] = "keep-alive" }),
                });
            }

            await using var client = await OpenAsync();
            Assert.Equal("ready", (string?)(await client.ResultAsync("environment/status"))["status"]);
            Assert.Equal("ready", (string?)(await known.ResultAsync("environment/status"))["status"]);
            var first = await Patience.ForAsync(strangers[0].ReadToEndAsync(), () => "the end of the stranger that waited longest");
            Assert.Empty(first);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    private static async Task SendAsync(ByteConnection stranger, byte[] bytes)
    {
        try
        {
            await stranger.SendAsync(bytes);
        }
        catch (IOException)
        {
            // it had to go already
        }
    }

    private async Task<WireClient> OpenAsync()
    {
        var client = await fixture.ConnectAsync();
        await client.InitializeAsync();
        return client;
    }

    /// <summary>A server with a token, and with few places.</summary>
    public sealed class SmallFixture() : TokenServerFixture("execactors.limits { connections = 10, strangers = 100, strangers-per-address = 50 }");
}

/// <summary>The time to the upgrade is one for the whole connection, whatever comes in it.</summary>
public sealed class UpgradeTimeoutTests(UpgradeTimeoutTests.HastyFixture fixture) : IClassFixture<UpgradeTimeoutTests.HastyFixture>
{
    [Fact]
    [Difference("upgrade-timeout")]
    public async Task Neither_requests_nor_single_bytes_buy_more_of_it()
    {
        using var asking = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
        using var dripping = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
        await Task.WhenAll(AskAsync(asking), DripAsync(dripping));
    }

    // Until it is cut.
    private async Task AskAsync(ByteConnection connection)
    {
        var answers = 0;
        var request = RawHttp.Request(fixture.Server.Endpoint, "GET", "/readyz", new Dictionary<string, string> { ["Connection"] = "keep-alive" });
        var started = Environment.TickCount64;
        try
        {
            while (Environment.TickCount64 - started < Patience.Limit.TotalMilliseconds)
            {
                await connection.SendAsync(request);
                if (await connection.ReadLineAsync() is not { } status)
                {
                    break;
                }

                Assert.Equal("HTTP/1.1 200 OK", status);
                while (await connection.ReadLineAsync() is { Length: > 0 })
                {
                    // headers
                }

                answers++;
            }
        }
        catch (IOException)
        {
            // cut while we asked
        }

        Assert.True(answers > 0);
        Assert.NotEqual("", await EndAsync(connection));
    }

    private static async Task DripAsync(ByteConnection connection)
    {
        var ended = EndAsync(connection);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            await connection.SendAsync("GET / HTTP/1.1\r\nX: "u8.ToArray());
            while (!ended.IsCompleted && await pace.WaitForNextTickAsync())
            {
                await connection.SendAsync("x"u8.ToArray());
            }
        }
        catch (IOException)
        {
            // cut while we sent
        }

        Assert.NotEqual("", await ended);
    }

    private static async Task<string> EndAsync(ByteConnection connection)
    {
        await Patience.ForAsync(connection.ReadToEndAsync(), () => "the end of a connection without an upgrade");
        return connection.Ending;
    }

    /// <summary>A server that waits two seconds for an upgrade.</summary>
    public sealed class HastyFixture() : ConfiguredServerFixture("execactors.connection.upgrade-timeout = 2s");
}
