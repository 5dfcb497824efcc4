using System.Text;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>How messages may be spelled and framed.</summary>
public sealed class EnvelopeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Ready = """{"status":"ready"}""";

    /// <summary>Levels below the message object that are still read.</summary>
    private const int DeepestLevel = 126;

    private const int MostValues = 262_144;

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775807")]
    [InlineData("\"\"")]
    [InlineData("\"1\"")]
    [InlineData("\"ünï\\u0000\\\"\"")]
    public async Task An_id_comes_back_as_it_was(string id)
    {
        await using var client = await fixture.OpenAsync();
        await client.SendAsync($$"""{"id":{{id}},"method":"environment/status"}""");
        var answer = await client.NextAsync();
        Assert.Equal(JToken.Parse(id), answer!["id"]!, JToken.EqualityComparer);
        Assert.Equal(JToken.Parse(Ready), answer["result"]!, JToken.EqualityComparer);
    }

    [Theory]
    [InlineData("""{"method":"environment/status","id":1}""")]
    [InlineData(""" { "id" : 1 , "method" : "environment/status" , "params" : { } } """)]
    [InlineData("{\"id\":1,\r\n\t\"method\":\"environment/status\"}")]
    [InlineData("""{"id":1,"method":"environment\/status"}""")]
    [InlineData("""{"id":1,"\u006dethod":"environment/st\u0061tus"}""")]
    [InlineData("""{"id":1,"method":"environment/status","trace":null}""")]
    [InlineData("""{"id":1,"method":"environment/status","trace":{}}""")]
    [InlineData("""{"id":1,"method":"environment/status","trace":{"traceparent":null,"tracestate":"x","more":[1]}}""")]
    [InlineData("""{"jsonrpc":"9","id":1,"method":"environment/status","params":null,"later":{"a":[1,2.5e3,true]}}""")]
    public async Task Every_spelling_of_a_message_is_equal(string text)
    {
        await using var client = await fixture.OpenAsync();
        await client.SendAsync(text);
        Assert.Equal(JToken.Parse(Ready), WireClient.ResultOf(await client.AnswerAsync(1)), JToken.EqualityComparer);
    }

    [Theory]
    [InlineData("environment/Status")]
    [InlineData("environment/status ")]
    [InlineData("Initialize")]
    [InlineData("")]
    [InlineData("process/output")]
    [InlineData("initialized")]
    public async Task A_method_is_compared_exactly(string method)
    {
        await using var client = await fixture.OpenAsync();
        Assert.Equal(
            new WireError(ErrorCode.MethodNotFound, $"exec-server stub does not implement `{method}` yet"),
            await client.ErrorAsync(method, new JObject()));
    }

    [Fact]
    public async Task A_trace_of_any_shape_is_ignored_on_a_notification()
    {
        await using var client = await fixture.ConnectAsync();
        await client.ResultAsync("initialize", new JObject { ["clientName"] = "x" });
        await client.SendAsync("""{"method":"initialized","trace":7}""");
        Assert.Equal("ready", (string?)(await client.ResultAsync("environment/status"))["status"]);
    }

    [Fact]
    public async Task A_binary_message_is_read_and_answered_with_text()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.SendFrameAsync(WebSocketOpcode.Binary, """{"id":1,"method":"no/such"}"""u8.ToArray());
        var answer = await socket.NextAsync();
        Assert.Equal(WebSocketOpcode.Text, answer!.Opcode);
        Assert.Equal(1, (int?)JObject.Parse(answer.Text)["id"]);
    }

    [Fact]
    public async Task A_message_may_come_in_any_number_of_frames_with_control_frames_between()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        var text = """{"id":"ä","method":"no/such"}"""u8.ToArray();
        for (var i = 0; i < text.Length; i++)
        {
            // One byte a frame: the two bytes of the ä come apart.
            await socket.SendFrameAsync(i == 0 ? WebSocketOpcode.Text : WebSocketOpcode.Continuation, text.AsMemory(i, 1), final: i == text.Length - 1);
            await socket.SendFrameAsync(WebSocketOpcode.Ping, new[] { (byte)i });
        }

        Assert.Equal("ä", (string?)JObject.Parse((await socket.NextAsync())!.Text)["id"]);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_payload_while_a_long_poll_waits()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.StartParams("p", "/bin/sleep", "60"));
        await client.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 60_000));

        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.SendFrameAsync(WebSocketOpcode.Ping, "are you there"u8.ToArray());
        var pong = await Patience.ForAsync(socket.ReceiveFrameAsync(), () => "the pong");
        Assert.Equal((WebSocketOpcode.Pong, "are you there"), (pong!.Opcode, pong.Text));
    }

    [Fact]
    public async Task A_query_at_the_upgrade_is_tolerated()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint, "/?session=1");
        await socket.SendTextAsync("""{"id":1,"method":"no/such"}""");
        Assert.NotNull(await socket.NextAsync());
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("""{"a":""", "}")]
    public async Task Nesting_is_read_to_its_limit_and_refused_beyond(string open, string close)
    {
        await using var client = await fixture.OpenAsync();
        await client.SendAsync(Nested(DeepestLevel));
        Assert.Equal(ErrorCode.MethodNotFound, WireError.Of(await client.AnswerAsync(1)).Code);
        await client.SendAsync(Nested(DeepestLevel + 1));
        Assert.Equal(ErrorCode.InvalidRequest, WireError.Of(await client.AnswerAsync(-1)).Code);
        await client.SendAsync(Nested(100_000));
        Assert.Equal(ErrorCode.InvalidRequest, WireError.Of(await client.AnswerAsync(-1)).Code);

        string Nested(int levels) =>
            $$"""{"id":1,"method":"no/such","params":{{Repeat(open, levels)}}{{(open == "[" ? "" : "1")}}{{Repeat(close, levels)}}}""";
    }

    [Fact]
    public async Task Values_are_read_to_their_limit_and_refused_beyond()
    {
        await using var client = await fixture.OpenAsync();
        await client.SendAsync(WithNulls(MostValues - 4)); // the object, the id, the method and the array count, too
        Assert.Equal(ErrorCode.MethodNotFound, WireError.Of(await client.AnswerAsync(1)).Code);
        await client.SendAsync(WithNulls(MostValues - 3));
        Assert.Equal(ErrorCode.InvalidRequest, WireError.Of(await client.AnswerAsync(-1)).Code);

        static string WithNulls(int count) => $$"""{"id":1,"method":"no/such","params":[{{string.Join(',', Enumerable.Repeat("null", count))}}]}""";
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\uFEFF{\"id\":1,\"method\":\"no/such\"}")]
    [InlineData("{\"id\":1,\"method\":\"no\nsuch\"}")]
    [InlineData("{\"id\":1,\"method\":\"no\0such\"}")]
    public async Task Texts_that_no_table_can_show_are_refused_too(string text)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(text);
        Assert.Equal(ErrorCode.InvalidRequest, WireError.Of(await client.AnswerAsync(-1)).Code);
    }

    [Fact]
    public async Task A_binary_message_that_is_not_UTF8_is_refused_and_the_connection_goes_on()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        foreach (byte[] bad in new byte[][] { [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80] })
        {
            byte[] text = [.. "{\"id\":1,\"method\":\""u8, .. bad, .. "\"}"u8];
            await socket.SendFrameAsync(WebSocketOpcode.Binary, text);
            Assert.Equal(-1, (int?)JObject.Parse((await socket.NextAsync())!.Text)["id"]);
        }
    }

    [Fact]
    [Difference("positional-params")]
    public async Task Params_by_position_are_refused()
    {
        await using var client = await fixture.OpenAsync();
        Assert.Equal(ErrorCode.InvalidParams, (await client.ErrorAsync("process/terminate", new JArray("p"))).Code);
    }

    [Theory]
    [InlineData("process/read", """{"processId":"p"}""", "exec")]
    [InlineData("process/write", """{"processId":"p","chunk":"","writeId":"w"}""", "exec")]
    [InlineData("process/signal", """{"processId":"p","signal":"interrupt"}""", "exec")]
    [InlineData("process/terminate", """{"processId":"p"}""", "exec")]
    [InlineData("environment/info", "null", "environment info")]
    [InlineData("environment/status", "null", "environment status")]
    public async Task Method_comes_before_params_and_params_before_state(string method, string parameters, string family)
    {
        await using var client = await fixture.ConnectAsync();
        Assert.Equal(ErrorCode.MethodNotFound, (await client.ErrorAsync(method + "x", JToken.Parse(parameters))).Code);
        Assert.Equal(ErrorCode.InvalidParams, (await client.ErrorAsync(method, 5)).Code);
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, $"client must call initialize before using {family} methods"),
            await client.ErrorAsync(method, JToken.Parse(parameters)));
        await client.ResultAsync("initialize", new JObject { ["clientName"] = "x" });
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, $"client must send initialized before using {family} methods"),
            await client.ErrorAsync(method, JToken.Parse(parameters)));
    }

    [Fact]
    public async Task The_handshake_and_requests_may_be_pipelined()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("""{"id":1,"method":"initialize","params":{"clientName":"x"}}""");
        await client.SendAsync("""{"method":"initialized"}""");
        await client.SendAsync("""{"id":2,"method":"environment/status"}""");
        await client.SendAsync("oops");
        Assert.Equal([1, 2, -1], new[] { await client.NextAsync(), await client.NextAsync(), await client.NextAsync() }.Select(message => (int)message!["id"]!));
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
