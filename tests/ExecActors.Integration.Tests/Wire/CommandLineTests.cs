namespace ExecActors.Integration.Tests.Wire;

/// <summary>How the program starts, or says why it does not.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--listen wss://127.0.0.1:0", "unsupported --listen URL `wss://127.0.0.1:0`; expected `ws://IP:PORT` or `stdio`")]
    [InlineData("--listen ws://localhost:0", "invalid websocket --listen URL `ws://localhost:0`; expected `ws://IP:PORT`")]
    [InlineData("--listen ws://127.0.0.1", "invalid websocket --listen URL `ws://127.0.0.1`; expected `ws://IP:PORT`")]
    [InlineData("--listen ws://127.0.0.1:65536", "invalid websocket --listen URL `ws://127.0.0.1:65536`; expected `ws://IP:PORT`")]
    [InlineData("--listen stdio --ws-auth capability-token --ws-token-sha256 4d1566a1d7df42a8517456d60ea06ed284e535cfe4c956aa6ee172dbcdf945f7", "WebSocket auth requires a WebSocket listener, not stdio")]
    [InlineData("--ws-auth capability-token", "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set")]
    [InlineData("--ws-auth capability-token --ws-token-sha256 00", "--ws-token-sha256 must be a 64-character hex SHA-256 digest")]
    [InlineData("--ws-auth capability-token --ws-token-file /no/such", "failed to read websocket auth secret /no/such: No such file or directory (os error 2)")]
    [InlineData("--ws-auth signed-bearer-token", "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set")]
    [InlineData("--ws-token-file /x", "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`")]
    public async Task A_start_that_cannot_be_says_why_on_stderr_with_status_1(string arguments, string error)
    {
        await using var server = ServerProcess.Launch(arguments.Split(' '));
        Assert.Equal(1, await server.ExitAsync());
        Assert.Equal("", await server.Output.ReadToEndAsync());
        Assert.Equal($"Error: {error}", server.Log.Split('\n').First(line => line.StartsWith("Error", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--no-such-flag")]
    [InlineData("--concurrent-requests 0")]
    [InlineData("--ws-auth password")]
    public async Task A_usage_error_has_status_2(string arguments)
    {
        await using var server = ServerProcess.Launch(arguments.Split(' '));
        Assert.Equal(2, await server.ExitAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_said()
    {
        await using var first = await ServerProcess.StartAsync();
        await using var second = ServerProcess.Launch(["--listen", $"ws://{first.Endpoint}"]);
        Assert.Equal(1, await second.ExitAsync());
        Assert.Equal("", await second.Output.ReadToEndAsync());
        Assert.Contains("Error: Address in use (os error 98)", second.Log, StringComparison.Ordinal);
        await first.StopAsync();
    }

    [Fact]
    [Difference("insecure-listen")]
    public async Task An_open_address_without_authentication_needs_a_word_of_consent()
    {
        await using var refused = ServerProcess.Launch(["--listen", "ws://0.0.0.0:0"]);
        Assert.Equal(1, await refused.ExitAsync());
        Assert.Contains("--insecure-listen", refused.Log, StringComparison.Ordinal);
        Assert.Contains("--ws-auth", refused.Log, StringComparison.Ordinal);

        await using var server = ServerProcess.Launch(["--listen", "ws://0.0.0.0:0", "--insecure-listen"]);
        Assert.StartsWith("ws://0.0.0.0:", await Patience.ForAsync(server.Output.ReadLineAsync(), () => "the banner"), StringComparison.Ordinal);
        await server.StopAsync();
    }

    [Fact]
    [Difference("exit-on-stdin-close")]
    public async Task A_server_tied_to_its_input_ends_with_it_and_another_does_not_look_at_it()
    {
        await using var tied = await ServerProcess.StartAsync(["--exit-on-stdin-close"]);
        tied.Input.Close();
        Assert.Equal(0, await tied.ExitAsync());

        await using var free = await ServerProcess.StartAsync();
        free.Input.Close();
        await using (var client = await WireClient.OpenAsync(free))
        {
            await client.RunAsync("p", "echo x");
        }

        await free.StopAsync();
    }

    [Fact]
    [Difference("concurrent-requests")]
    public async Task A_cap_on_concurrent_requests_queues_what_can_wait_and_nothing_else()
    {
        await using var server = await ServerProcess.StartAsync(["--concurrent-requests", "1"]);
        await using (var client = await WireClient.OpenAsync(server))
        {
            await client.StartAsync(WireClient.StartParams("p", "/bin/sleep", "600"));
            var poll = await client.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 600_000));
            var behind = await client.PostAsync("process/read", WireClient.ReadParams("p"));
            Assert.Equal("ready", (string?)(await client.ResultAsync("environment/status"))["status"]);
            Assert.True(await client.TerminateAsync("p"));
            var answers = new List<long>();
            while (answers.Count < 2)
            {
                var message = await client.NextAsync(message => message["method"] is null, () => "both reads");
                answers.Add((long)message["id"]!);
            }

            Assert.Equal([poll, behind], answers);
        }

        await server.StopAsync();
    }
}
