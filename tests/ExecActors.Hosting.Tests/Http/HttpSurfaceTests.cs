using ExecActors.Hosting.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExecActors.Hosting.Tests.Http;

public sealed class HttpSurfaceTests : IAsyncLifetime
{
    private const string Upgrade = WireClient.UpgradeHeaders;

    private readonly TestAcceptor _acceptor = TestAcceptor.Echo();
    private ServerRun _server = null!;

    public async Task InitializeAsync() => _server = await ServerRun.ServeAsync(_acceptor, time: null);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("GET /readyz", "", 200, "")]
    [InlineData("HEAD /readyz", "", 200, "")]
    [InlineData("GET /readyz?x=y", "", 200, "")]
    [InlineData("GET /readyz", Upgrade, 200, "")]
    [InlineData("POST /readyz", "Content-Length: 0\r\n", 405, "")]
    [InlineData("OPTIONS /readyz", "", 405, "")]
    [InlineData("GET /readyz/", "", 404, "")]
    [InlineData("GET /READYZ", "", 404, "")]
    [InlineData("GET /health", "", 404, "")]
    [InlineData("GET /healthz", "", 404, "")]
    [InlineData("GET /livez", "", 404, "")]
    [InlineData("GET //", "", 404, "")]
    [InlineData("GET /x", Upgrade, 404, "")]
    [InlineData("GET /", "", 400, "Connection header did not include 'upgrade'")]
    [InlineData("GET /", "Upgrade: websocket\r\n", 400, "Connection header did not include 'upgrade'")]
    [InlineData("GET /", "Connection: Upgrade\r\n", 400, "`Upgrade` header did not include 'websocket'")]
    [InlineData("GET /", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 400, "`Upgrade` header did not include 'websocket'")]
    [InlineData("GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\n", 400, "`Sec-WebSocket-Version` header did not include '13'")]
    [InlineData(
        "GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n", 400, "`Sec-WebSocket-Version` header did not include '13'")]
    [InlineData("GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", 400, "`Sec-WebSocket-Key` header missing")]
    [InlineData("POST /", "Content-Length: 0\r\n", 405, "Request method must be `GET`")]
    [InlineData("POST /", Upgrade, 405, "Request method must be `GET`")]
    [InlineData("HEAD /", "", 405, "")]
    [InlineData("GET /", "Origin: http://example.test\r\n" + Upgrade, 403, "")]
    [InlineData("GET /", "Origin: null\r\n" + Upgrade, 403, "")]
    [InlineData("GET /", "Origin:\r\n" + Upgrade, 403, "")]
    [InlineData("GET /readyz", "Origin: http://127.0.0.1\r\n", 403, "")]
    [InlineData("POST /readyz", "Origin: null\r\nContent-Length: 0\r\n", 403, "")]
    [InlineData("GET /nowhere", "Origin: null\r\n", 403, "")]
    [InlineData("GET /nowhere", "Origin: null\r\nHost: example.test\r\n", 403, "")]
    public async Task A_request_is_answered_as_the_reference_server_does(string request, string headers, int status, string body)
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync(request, headers);

        Assert.Equal((status, body), (answer.Status, answer.Body));
        var hasText = body.Length > 0 || string.Equals(request, "HEAD /", StringComparison.Ordinal);
        Assert.Equal(hasText ? "text/plain; charset=utf-8" : null, answer.Header("content-type"));
        Assert.Empty(_acceptor.Peers);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal("GET,HEAD", (await client.RequestAsync("DELETE /readyz")).Header("allow"));
        Assert.Equal("GET", (await client.RequestAsync("DELETE /")).Header("allow"));
    }

    [Fact]
    public async Task A_connection_serves_several_requests_and_then_the_upgrade()
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status);
        Assert.Equal(404, (await client.RequestAsync("GET /x")).Status);
        await client.UpgradeAsync();
        await client.SendTextAsync("hello");

        Assert.Equal("hello", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("GET /", "")]
    [InlineData("GET /?a=b", "")]
    [InlineData("GET /", "Sec-WebSocket-Protocol: exec\r\nSec-WebSocket-Extensions: permessage-deflate\r\n")]
    public async Task An_upgrade_chooses_no_subprotocol_and_no_extension(string request, string headers)
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync(request, headers + Upgrade);

        Assert.Equal(101, answer.Status);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.Header("sec-websocket-accept"));
        Assert.Null(answer.Header("sec-websocket-protocol"));
        Assert.Null(answer.Header("sec-websocket-extensions"));
        Assert.Null(answer.Header("server"));
    }

    [Fact]
    public async Task Upgrade_headers_are_lists_and_know_no_case()
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync(
            "GET /",
            "Connection: keep-alive\r\nConnection: x,\tupgrade\r\nUpgrade: h2c, WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");

        Assert.Equal(101, answer.Status);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Key: x\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n")] // 15 bytes
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n")] // 17
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAA_==\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAA AAAAAAAAAAAA==\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA== , AAAAAAAAAAAAAAAAAAAAAA==\r\n")]
    [InlineData("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")]
    public async Task A_key_that_is_not_16_bytes_once_is_refused(string key)
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync("GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + key);

        Assert.Equal((400, "`Sec-WebSocket-Key` header is not, once, the base64 of 16 bytes"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n")]
    [InlineData("Sec-WebSocket-Version: 13, 8\r\n")]
    [InlineData("Sec-WebSocket-Version: 013\r\n")]
    [InlineData("Sec-WebSocket-Version: 14\r\n")]
    public async Task Another_version_is_told_the_right_one(string version)
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync(
            "GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + version);

        Assert.Equal((400, "13"), (answer.Status, answer.Header("sec-websocket-version")));
    }

    [Fact]
    public async Task Who_waits_for_a_continue_gets_it_before_the_upgrade()
    {
        using var client = await _server.ConnectAsync();

        var first = await client.RequestAsync("GET /", "Expect: 100-Continue\r\n" + Upgrade);
        var second = await client.ReadAnswerAsync();

        Assert.Equal((100, 101), (first.Status, second.Status));
        await client.SendTextAsync("hello");
        Assert.Equal("hello", await client.ReadTextAsync());
    }

    [Theory]
    [InlineData("GET /", "Expect: tea\r\n" + Upgrade)]
    [InlineData("GET /", "Expect: 100-continue\r\nExpect: tea\r\n" + Upgrade)]
    [InlineData("GET /", "Expect: 100-continue, tea\r\n" + Upgrade)]
    [InlineData("GET /readyz", "Expect: tea\r\n")]
    public async Task Another_expectation_is_not_met(string request, string headers)
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal(417, (await client.RequestAsync(request, headers)).Status);
    }

    [Fact]
    public async Task A_head_that_never_ends_is_told_so_before_the_cut()
    {
        var time = new FakeTimeProvider();
        await using var server = await ServerRun.ServeAsync(_acceptor, time);
        using var client = await server.ConnectAsync();
        Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status); // it waits for the next one now

        await client.SendAsync("GET / HTTP/1.1\r\nHost: 127"u8.ToArray());
        time.Advance(TimeSpan.FromSeconds(30));
        var answer = await client.ReadAnswerAsync();

        Assert.Equal((408, "close"), (answer.Status, answer.Header("connection")));
        await client.ReadEndAsync();
        time.Advance(TimeSpan.FromSeconds(2)); // else the server waits for our end
    }

    [Fact]
    public async Task A_connection_that_asks_for_nothing_more_ends_without_an_answer()
    {
        var time = new FakeTimeProvider();
        await using var server = await ServerRun.ServeAsync(_acceptor, time);
        using var client = await server.ConnectAsync();
        Assert.Equal(200, (await client.RequestAsync("GET /readyz")).Status);

        time.Advance(TimeSpan.FromSeconds(30));

        await client.ReadEndAsync();
    }

    [Fact]
    public async Task What_comes_behind_a_refusal_is_read_for_a_while_and_then_cut()
    {
        var time = new FakeTimeProvider();
        await using var server = await ServerRun.ServeAsync(_acceptor, time);
        using var client = await server.ConnectAsync();

        var answer = await client.RequestAsync("GET /readyz", "Content-Length: abc\r\n");
        Assert.Equal((400, "close"), (answer.Status, answer.Header("connection")));
        await client.ReadEndAsync();

        await client.SendAsync(new byte[100_000]); // still read
        time.Advance(TimeSpan.FromSeconds(1));
        await client.SendUntilLossAsync();
    }

    [Fact]
    public async Task HTTP_1_0_has_no_upgrade()
    {
        using var client = await _server.ConnectAsync();

        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n{Upgrade}\r\n"));
        var answer = await client.ReadAnswerAsync();

        Assert.Equal((426, "WebSocket request couldn't be upgraded since no upgrade state was present"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task HTTP_1_0_without_a_host_may_ask_for_readiness()
    {
        using var client = await _server.ConnectAsync();

        await client.SendAsync("GET /readyz HTTP/1.0\r\n\r\n"u8.ToArray());

        Assert.Equal(200, (await client.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_disturb_no_other_connection()
    {
        using var good = await _server.ConnectAsync();
        await good.UpgradeAsync();
        using var bad = await _server.ConnectAsync();
        await bad.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x0D, 0x0A, 0x0D, 0x0A });
        await bad.ReadLossAsync();

        await good.SendTextAsync("still here");

        Assert.Equal("still here", await good.ReadTextAsync());
    }

    [Fact]
    public async Task Without_room_the_upgrade_is_refused_until_there_is_some()
    {
        using var client = await _server.ConnectAsync();
        _acceptor.HasRoom = false;
        var refused = await client.RequestAsync("GET /", Upgrade);
        _acceptor.HasRoom = true;
        var served = await client.RequestAsync("GET /", Upgrade);

        Assert.Equal((503, "1"), (refused.Status, refused.Header("retry-after")));
        Assert.Equal(101, served.Status);
    }

    [Fact]
    public async Task The_peer_is_named_by_its_address()
    {
        using var client = await _server.ConnectAsync();
        await client.UpgradeAsync();
        await client.SendTextAsync("x");
        await client.ReadTextAsync();

        Assert.Equal($"websocket {client.LocalEndPoint}", Assert.Single(_acceptor.Peers));
    }
}
