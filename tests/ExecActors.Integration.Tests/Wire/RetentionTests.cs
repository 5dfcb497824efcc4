using System.Globalization;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>What ends by itself: sessions without a client, connections without a handshake, closed processes.</summary>
public sealed class RetentionTests(RetentionTests.ShortLivedFixture fixture) : IClassFixture<RetentionTests.ShortLivedFixture>
{
    [Fact]
    public async Task A_session_that_nobody_resumed_ends_with_its_processes()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.ScriptParams("p", "trap '' TERM HUP INT; sleep 600 & echo $$ $!; wait"));
        var pids = (await client.OutputUntilAsync("p", "\n")).Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).ToList();
        client.Socket.Connection.Dispose();
        await Task.WhenAll(pids.Select(Posix.EndOfProcessAsync));

        await using var late = await fixture.ConnectAsync();
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, $"unknown session id {client.SessionId}"),
            await late.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = client.SessionId }));
    }

    [Fact]
    public async Task A_closed_process_is_forgotten_and_its_id_free_after_its_linger()
    {
        await using var client = await fixture.OpenAsync();
        await client.RunAsync("p", "echo x");
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, "process p already exists"), await client.ErrorAsync("process/start", WireClient.StartParams("p", "/bin/true")));

        // Another process outlives the linger; when it has ended, so has the wait.
        await client.RunAsync("clock", "sleep 0.8");
        Assert.Equal(new WireError(ErrorCode.InvalidRequest, "unknown process id p"), await client.ErrorAsync("process/read", WireClient.ReadParams("p")));
        await client.RunAsync("p", "echo again");
    }

    [Fact]
    [Difference("handshake-timeout")]
    public async Task A_connection_without_a_handshake_is_closed_with_a_reason()
    {
        await using var client = await fixture.ConnectAsync();
        var ending = await client.EndingAsync();
        Assert.Equal(1008, ending.CloseCode);
        Assert.Contains("connection.handshake-timeout", ending.Reason, StringComparison.Ordinal);
    }

    /// <summary>A server on which everything that ends by itself does so soon.</summary>
    public sealed class ShortLivedFixture() : ConfiguredServerFixture(
        """
        execactors {
          session.retention = 500ms
          process.linger = 500ms
          connection.handshake-timeout = 1s
        }
        """);
}
