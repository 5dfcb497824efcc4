using System.Net;
using System.Net.Sockets;
using System.Text;
using ExecActors.Hosting.Tests.Support;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Settings;

namespace ExecActors.Hosting.Tests.Serving;

public sealed class StartUpTests
{
    [Theory]
    [InlineData("ws://127.0.0.1:0", "ws://127.0.0.1:")]
    [InlineData("ws://[::1]:0", "ws://[::1]:")]
    public async Task The_one_line_of_output_names_the_port(string listen, string start)
    {
        await using var run = await ServerRun.ServeAsync("--listen", listen, "--log-level", "trace");
        using (var client = await run.ConnectAsync())
        {
            Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status);
        }

        Assert.Equal(0, await run.StopAsync());
        Assert.Equal($"{start}{run.EndPoint.Port}\n", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public void Accepted_connections_do_not_delay_small_packets_and_notice_dead_peers()
    {
        using var socket = Server.Serving.ListenSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), ExecServerSettings.From(ExecServerSettings.BuiltIn).Connection);

        Assert.True(socket.NoDelay);
        Assert.NotEqual(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_the_words_of_the_operating_system()
    {
        await using var first = await ServerRun.ServeAsync();
        await using var second = await ServerRun.RunToEndAsync("serve", "--listen", $"ws://{first.EndPoint}");

        await AssertRefusedAsync(second, "Error: Address in use (os error 98)", $"{first.EndPoint}");
    }

    [Fact]
    public async Task A_port_is_free_again_once_its_server_has_ended()
    {
        var first = await ServerRun.ServeAsync();
        using (var client = await first.ConnectAsync())
        {
            await client.UpgradeAsync();
            await first.DisposeAsync();
        }

        await using var second = await ServerRun.ServeAsync("--listen", $"ws://{first.EndPoint}");

        Assert.Equal(first.EndPoint, second.EndPoint);
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_told()
    {
        await using var run = await ServerRun.RunToEndAsync("serve", "--listen", "ws://192.0.2.1:0", "--insecure-listen");

        await AssertRefusedAsync(run, "Error: Address not available (os error 99)", "192.0.2.1");
    }

    [Theory]
    [InlineData("wss://127.0.0.1:0", "Error: unsupported --listen URL `wss://127.0.0.1:0`; expected `ws://IP:PORT` or `stdio`")]
    [InlineData("ws://localhost:0", "Error: invalid websocket --listen URL `ws://localhost:0`; expected `ws://IP:PORT`")]
    public async Task A_bad_address_is_told(string listen, string firstLine)
    {
        await using var run = await ServerRun.RunToEndAsync("serve", "--listen", listen);

        await AssertRefusedAsync(run, firstLine, "127.0.0.1");
    }

    [Theory]
    [InlineData("ws://0.0.0.0:0")]
    [InlineData("ws://[::]:0")]
    public async Task Beyond_loopback_authentication_is_demanded(string listen)
    {
        await using var run = await ServerRun.RunToEndAsync("serve", "--listen", listen);

        await AssertRefusedAsync(run, "Error: refusing to listen on", "--ws-auth");
        Assert.Contains("--insecure-listen", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_loopback_with_a_token_is_fine()
    {
        await using var run = await ServerRun.ServeAsync(
            "--listen", "ws://0.0.0.0:0", "--ws-auth", "capability-token", "--ws-token-sha256", new string('0', 64));

        Assert.Equal(0, await run.StopAsync());
        var warnings = run.Log.Split('\n').Where(line => line.Contains("level=warn", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, line => !line.Contains("the server runs as root", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Insecure_listening_is_possible_and_warned_of()
    {
        await using var run = await ServerRun.ServeAsync("--listen", "ws://0.0.0.0:0", "--insecure-listen");

        Assert.Equal(0, await run.StopAsync());
        Assert.Contains("level=warn", run.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("serve nonsense")]
    [InlineData("serve --nonsense")]
    [InlineData("serve --listen")]
    [InlineData("serve --ws-auth nonsense")]
    [InlineData("serve --ws-token-file=")]
    [InlineData("serve --ws-issuer a --ws-issuer b")]
    [InlineData("serve --ws-max-clock-skew-seconds -1")]
    [InlineData("serve --ws-max-clock-skew-seconds 99999999999999999999")]
    [InlineData("serve --concurrent-requests 0")]
    [InlineData("serve --concurrent-requests x")]
    [InlineData("serve --log-level loud")]
    [InlineData("serve --allowed-host http://example")]
    public async Task What_is_not_asked_properly_ends_with_2(string arguments)
    {
        await using var run = await ServerRun.RunToEndAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, ""), (await run.Ended, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_go_to_standard_output()
    {
        await using var help = await ServerRun.RunToEndAsync("serve", "--help");
        await using var version = await ServerRun.RunToEndAsync("--version");

        Assert.Equal((0, 0), (await help.Ended, await version.Ended));
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", version.Output);
    }

    [Theory]
    [InlineData("maybe", 2)]
    [InlineData("1", 2)]
    public async Task The_environment_variable_takes_true_and_false(string value, int code)
    {
        await using var run = ServerRun.Start(["serve"], exitOnStdinClose: value);

        Assert.Equal(code, await run.Ended.SoonAsync());
    }

    [Theory]
    [InlineData("--exit-on-stdin-close", null)]
    [InlineData(null, "true")]
    public async Task The_end_of_standard_input_ends_the_server_when_asked_to(string? flag, string? variable)
    {
        await using var run = ServerRun.Start(flag is null ? ["serve"] : ["serve", flag], input: Stream.Null, exitOnStdinClose: variable);
        await run.BannerAsync();

        Assert.Equal(0, await run.Ended.SoonAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("false")]
    public async Task Otherwise_standard_input_is_not_even_opened(string? variable)
    {
        await using var run = ServerRun.Start(["serve"], exitOnStdinClose: variable);
        await run.BannerAsync();

        using var client = await run.ConnectAsync();
        Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status);
        Assert.False(run.OpenedInput);
    }

    [Fact]
    public async Task A_fault_in_serving_one_connection_is_logged_and_the_server_goes_on()
    {
        await using var run = await ServerRun.ServeAsync(new UnservingAcceptor(), time: null);
        using var client = await run.ConnectAsync();

        await client.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{WireClient.UpgradeHeaders}\r\n"));
        await client.ReadLossAsync();
        using var another = await run.ConnectAsync();
        Assert.Equal(200, (await another.RequestAsync("GET /readyz")).Status);
        Assert.Equal(0, await run.StopAsync());
        Assert.Contains("level=error", run.Log, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(ServerRun run, string firstLine, string inRemedy)
    {
        var lines = run.Error.Split('\n');
        Assert.Equal((1, ""), (await run.Ended, run.Output));
        Assert.StartsWith(firstLine, lines[0], StringComparison.Ordinal);
        Assert.Contains(inRemedy, lines[1], StringComparison.Ordinal);
        Assert.Equal((3, ""), (lines.Length, lines[2]));
    }

    private sealed class UnservingAcceptor : IConnectionAcceptor
    {
        public bool HasRoom => true;

        public Task<ConnectionEnd> ServeAsync(IFrameTransport transport) => throw new InvalidOperationException("a bug");
    }
}
