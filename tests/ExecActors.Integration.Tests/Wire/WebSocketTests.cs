using System.Globalization;
using System.Net;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>Bytes on the socket: broken, cut, oversized and hostile.</summary>
public sealed class WebSocketTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int LongestMessage = 64 * 1024 * 1024;

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "unmasked", WebSocketFrame.Encode(WebSocketOpcode.Text, """{"id":1,"method":"no/such"}"""u8, masked: false) },
        { "reserved bit", [0xC1, 0x80, 0, 0, 0, 0] },
        { "reserved opcode", [0x83, 0x80, 0, 0, 0, 0] },
        { "fragmented ping", WebSocketFrame.Encode(WebSocketOpcode.Ping, "x"u8, final: false) },
        { "long ping", WebSocketFrame.Encode(WebSocketOpcode.Ping, new byte[126]) },
        { "continuation of nothing", WebSocketFrame.Encode(WebSocketOpcode.Continuation, "x"u8) },
        { "text within text", [.. WebSocketFrame.Encode(WebSocketOpcode.Text, "{"u8, final: false), .. WebSocketFrame.Encode(WebSocketOpcode.Text, "}"u8)] },
        { "text that is not UTF-8", WebSocketFrame.Encode(WebSocketOpcode.Text, [0x22, 0xFF, 0x22]) },
        { "negative length", [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_violation_of_the_framing_ends_that_connection_only(string name, byte[] bytes)
    {
        await using var other = await fixture.OpenAsync();
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.Connection.SendAsync(bytes);
        var frame = await socket.NextAsync();
        Assert.True(frame is null or { Opcode: WebSocketOpcode.Close }, $"{name} was answered {frame}");
        if (!ServerUnderTest.IsReference)
        {
            Assert.Contains(frame!.CloseCode, (IEnumerable<int>)[1002, 1007]);
        }

        Assert.Equal("ready", (string?)(await other.ResultAsync("environment/status"))["status"]);
    }

    [Fact]
    [Difference("close-reason")]
    public async Task A_close_is_answered_with_a_close()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.SendFrameAsync(WebSocketOpcode.Close, new byte[] { 0x03, 0xE8 });
        Assert.Equal((WebSocketOpcode.Close, 1000), (await socket.NextAsync()) is { } frame ? (frame.Opcode, frame.CloseCode) : default);
        Assert.Null(await socket.NextAsync());
    }

    [Fact]
    public async Task A_message_cut_at_any_offset_harms_nobody()
    {
        await using var other = await fixture.OpenAsync();
        var frame = WebSocketFrame.Encode(WebSocketOpcode.Text, """{"id":1,"method":"initialize","params":{"clientName":"cut"}}"""u8);
        for (var cut = 0; cut < frame.Length; cut++)
        {
            using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
            await socket.Connection.SendAsync(frame.AsMemory(0, cut));
            if (cut % 2 == 0)
            {
                socket.Connection.Reset();
            }
        }

        Assert.Equal("ready", (string?)(await other.ResultAsync("environment/status"))["status"]);
    }

    [Fact]
    public async Task An_upgrade_cut_at_any_offset_harms_nobody()
    {
        var upgrade = RawHttp.Request(fixture.Server.Endpoint, "GET", "/", RawHttp.UpgradeHeaders);
        for (var cut = 0; cut < upgrade.Length; cut += 3)
        {
            using var connection = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
            await connection.SendAsync(upgrade.AsMemory(0, cut));
        }

        await using var client = await fixture.OpenAsync();
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_harm_nobody()
    {
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            using var connection = await ByteConnection.ConnectAsync(fixture.Server.Endpoint);
            var garbage = new byte[random.Next(1, 4096)];
            random.NextBytes(garbage);
            await connection.SendAsync(garbage);
            connection.EndSending();
            await Patience.ForAsync(connection.ReadToEndAsync(), () => "the end of a connection that spoke no HTTP");
        }

        await using var client = await fixture.OpenAsync();
    }

    [Fact]
    [Difference("message-size")]
    public async Task A_message_of_64_MiB_is_read_in_one_frame_and_a_longer_one_closes_with_a_reason()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.SendTextAsync("""{"id":6,"method":"initialize","params":{"clientName":"long"}}""");
        await socket.SendTextAsync("""{"method":"initialized"}""");
        Assert.Equal(6, (int?)JObject.Parse((await socket.NextAsync())!.Text)["id"]);
        await socket.SendFrameAsync(WebSocketOpcode.Text, Padded(LongestMessage));
        Assert.Equal(7, (int?)JObject.Parse((await socket.NextAsync())!.Text)["id"]);

        var longer = socket.SendFrameAsync(WebSocketOpcode.Text, Padded(LongestMessage + 1));
        var close = await socket.NextAsync();
        Assert.Equal((WebSocketOpcode.Close, 1009), (close!.Opcode, close.CloseCode));
        Assert.NotEqual("", close.CloseReason);
        await EndAsync(socket, longer);
    }

    [Theory]
    [InlineData(false, 1L << 62)]
    [InlineData(false, LongestMessage + 1L)]
    [InlineData(true, LongestMessage)]
    public async Task The_head_of_a_frame_that_is_too_long_is_enough_to_close(bool isFragment, long length)
    {
        if (ServerUnderTest.IsReference)
        {
            return;
        }

        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        if (isFragment)
        {
            await socket.SendFrameAsync(WebSocketOpcode.Text, " "u8.ToArray(), final: false);
        }

        await socket.Connection.SendAsync((byte[])[.. WebSocketFrame.Header(isFragment ? WebSocketOpcode.Continuation : WebSocketOpcode.Text, length), 1, 2, 3, 4]);
        var close = await socket.NextAsync();
        Assert.Equal((WebSocketOpcode.Close, 1009), (close!.Opcode, close.CloseCode));
        Assert.Contains("limits.message-bytes", close.CloseReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fragments_that_never_end_are_closed_at_the_limit()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        var sending = SendForeverAsync(socket);
        WebSocketFrame? frame;
        do
        {
            frame = await socket.NextAsync();
        }
        while (frame is { Opcode: not WebSocketOpcode.Close });
        if (!ServerUnderTest.IsReference)
        {
            Assert.Equal(1009, frame?.CloseCode);
        }

        await EndAsync(socket, sending);
    }

    [Fact]
    public async Task Five_hundred_connections_that_say_nothing_do_not_disturb_one_that_works()
    {
        var idle = new List<RawWebSocket>();
        try
        {
            await using var client = await fixture.OpenAsync();
            for (var i = 0; i < 500; i++)
            {
                idle.Add(await RawWebSocket.ConnectAsync(fixture.Server.Endpoint));
                if (i % 50 == 0)
                {
                    Assert.Equal("x\n", (await client.RunAsync($"p{i}", "echo x")).Stdout);
                }
            }

            Assert.Equal("x\n", (await client.RunAsync("last", "echo x")).Stdout);
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    [Difference("dead-peers")]
    public async Task The_kernel_watches_every_connection_for_a_dead_peer()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        var local = fixture.Server.Endpoint.Port.ToString("X4", CultureInfo.InvariantCulture);
        var connections = (await File.ReadAllLinesAsync("/proc/net/tcp"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith(":" + local, StringComparison.Ordinal) && fields[3] == "01")
            .ToList();
        Assert.NotEmpty(connections);
        Assert.All(connections, fields => Assert.StartsWith("02:", fields[5], StringComparison.Ordinal)); // proc(5): the keep-alive timer is running
    }

    [Theory]
    [InlineData("Connection", "close")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("Sec-WebSocket-Version", "8")]
    public async Task An_upgrade_that_is_not_right_is_refused(string header, string value)
    {
        var headers = new Dictionary<string, string>(RawHttp.UpgradeHeaders) { [header] = value };
        var answer = await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/", headers);
        Assert.Equal((int)HttpStatusCode.BadRequest, answer.Status);
    }

    private static byte[] Padded(int length)
    {
        byte[] start = [.. "{\"id\":7,\"method\":\"no/such\",\"params\":\""u8];
        var message = new byte[length];
        message.AsSpan().Fill((byte)'x');
        start.CopyTo(message, 0);
        "\"}"u8.CopyTo(message.AsSpan(length - 2));
        return message;
    }

    private static async Task SendForeverAsync(RawWebSocket socket)
    {
        var piece = new byte[1024 * 1024];
        piece.AsSpan().Fill((byte)' ');
        for (var opcode = WebSocketOpcode.Text; ; opcode = WebSocketOpcode.Continuation)
        {
            await socket.SendFrameAsync(opcode, piece, final: false);
        }
    }

    /// <summary>Ends our side of a connection that the server has closed while we were still sending.</summary>
    private static async Task EndAsync(RawWebSocket socket, Task sending)
    {
        socket.Dispose();
        try
        {
            await Patience.ForAsync(sending, () => "the end of the sending");
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // cut in the middle, by them or by us
        }
    }
}
