using System.Text;

namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary>Streamed bodies: <c>streamResponse</c> and <c>http/request/bodyDelta</c>.</summary>
public sealed class HttpStreamTests(ServerFixture fixture) : HttpTests(fixture), IClassFixture<ServerFixture>
{
    private const string Streamed = """{"streamResponse":true}""";

    [Fact]
    public async Task The_answer_comes_first_then_what_the_network_yields_then_the_end()
    {
        using var fifo = new Steps(3);
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            for (var i = 1; i <= 3; i++)
            {
                await fifo.WaitAsync(i - 1);
                await exchange.SendChunkAsync($"data: {i}\n\n");
            }

            await exchange.SendAsync("0\r\n\r\n");
        };
        var result = await AskAsync("/x", Streamed);
        Assert.Equal((200, ""), ((int)result["status"]!, Body(result)));
        Assert.Contains("content-type: text/event-stream", Headers(result));
        for (var i = 1; i <= 3; i++)
        {
            fifo.Release(i - 1);
            Assert.Equal(Delta(i, $"data: {i}\n\n", done: false), await DeltaAsync(), JToken.EqualityComparer);
        }

        Assert.Equal(Delta(4, "", done: true), await DeltaAsync(), JToken.EqualityComparer);
    }

    [Theory]
    [InlineData("GET", "204 No Content", "")]
    [InlineData("GET", "200 OK", "content-length: 0\r\n")]
    [InlineData("HEAD", "200 OK", "content-length: 7\r\n")]
    public async Task A_stream_of_nothing_is_its_terminal_frame(string method, string status, string headers)
    {
        Serve = exchange => exchange.SendAsync($"HTTP/1.1 {status}\r\n{headers}\r\n");
        await AskAsync("/x", $$"""{"method":"{{method}}","streamResponse":true}""");
        Assert.Equal(Delta(1, "", done: true), await DeltaAsync(), JToken.EqualityComparer);
    }

    [Fact]
    public async Task A_large_body_comes_whole_and_in_order()
    {
        var body = new byte[20_000_000];
        new Random(3).NextBytes(body);
        Serve = async exchange =>
        {
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n");
            await exchange.SendAsync(body);
        };
        await AskAsync("/x", Streamed);
        var (received, error) = await BodyAsync();
        Assert.Null(error);
        Assert.True(received.AsSpan().SequenceEqual(body));
    }

    [Theory]
    [InlineData("content-length: 100\r\n\r\npartial", "partial")]
    [InlineData("transfer-encoding: chunked\r\n\r\n7\r\npartial\r\n", "partial")]
    public async Task A_body_that_is_cut_ends_with_an_error(string answer, string content)
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\n{answer}");
            exchange.EndConnection();
        };
        await AskAsync("/x", Streamed);
        var (body, error) = await BodyAsync();
        Assert.Equal((content, "error decoding response body"), (Encoding.ASCII.GetString(body), error));
    }

    [Fact]
    public async Task The_deadline_ends_a_stream()
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nslow");
            await exchange.PeerClosedAsync();
        };
        await AskAsync("/x", """{"streamResponse":true,"timeoutMs":700}""");
        var (body, error) = await BodyAsync();
        Assert.Equal(("slow", "error decoding response body"), (Encoding.ASCII.GetString(body), error));
    }

    [Fact]
    public async Task An_id_is_taken_from_the_request_to_the_terminal_frame()
    {
        using var steps = new Steps(2);
        Serve = async exchange =>
        {
            if (exchange.Request.Target == "/slow")
            {
                await steps.WaitAsync(0);
                await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n");
                await steps.WaitAsync(1);
                await exchange.SendAsync("slow");
                return;
            }

            await exchange.AnswerAsync("200 OK", "ok");
        };
        var first = await Client.PostAsync("http/request", RequestParams("/slow", Streamed));
        await Upstream.NextRequestAsync();
        if (!ServerUnderTest.IsReference)
        {
            await ExpectRefusalAsync("/x", Streamed, "-32602 http/request streamResponse requestId `r` is already active");
        }

        steps.Release(0);
        WireClient.ResultOf(await Client.AnswerAsync(first));
        await ExpectRefusalAsync("/x", Streamed, "-32602 http/request streamResponse requestId `r` is already active");
        Assert.Equal("ok", Body(await AskAsync("/x"))); // a buffered one may have it
        await AskAsync("/x", """{"requestId":"","streamResponse":true}""");
        Assert.Equal("ok", Encoding.ASCII.GetString((await BodyAsync("")).Body));
        steps.Release(1);
        Assert.Equal("slow", Encoding.ASCII.GetString((await BodyAsync()).Body));
        await AskAsync("/x", Streamed);
        Assert.Equal("ok", Encoding.ASCII.GetString((await BodyAsync()).Body));
    }

    [Fact]
    public async Task An_id_is_free_again_after_an_error()
    {
        await ExpectRefusalAsync("http://127.0.0.1:1/", Streamed, "-32603 http/request failed: error sending request for url (http://127.0.0.1:1/)");
        await AskAsync("/x", Streamed);
        Assert.Equal("ok", Encoding.ASCII.GetString((await BodyAsync()).Body));
    }

    [Fact]
    public async Task Forty_streams_run_side_by_side()
    {
        using var steps = new Steps(1);
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            await exchange.SendChunkAsync("a");
            await steps.WaitAsync(0);
            await exchange.SendChunkAsync(exchange.Request.Target);
            await exchange.SendAsync("0\r\n\r\n");
        };
        for (var i = 0; i < 40; i++)
        {
            await AskAsync($"/{i}", $$"""{"requestId":"s{{i}}","streamResponse":true}""");
        }

        steps.Release(0);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"a/{i}", Encoding.ASCII.GetString((await BodyAsync($"s{i}")).Body));
        }
    }

    [Fact]
    public async Task Streams_and_requests_are_dropped_with_their_connection_and_nothing_of_them_comes_to_the_next()
    {
        var gone = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        Serve = async exchange =>
        {
            var isStream = exchange.Request.Target == "/stream";
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{(isStream ? "begun" : "")}");
            await exchange.PeerClosedAsync();
            gone[isStream ? 0 : 1].SetResult();
        };
        string session;
        await using (var first = await Fixture.OpenAsync())
        {
            session = first.SessionId;
            WireClient.ResultOf(await first.RequestAsync("http/request", RequestParams("/stream", Streamed)));
            await DeltaAsync(first, "r");
            await first.PostAsync("http/request", RequestParams("/buffered"));
            await Upstream.NextRequestAsync();
            await Upstream.NextRequestAsync();
        }

        await Patience.ForAsync(Task.WhenAll(gone.Select(source => source.Task)), () => "the server to drop its HTTP connections");
        await using var second = await Fixture.OpenAsync(session);
        Serve = exchange => exchange.AnswerAsync("200 OK", "ok");
        WireClient.ResultOf(await second.RequestAsync("http/request", RequestParams("/x", Streamed)));
        Assert.Equal(1, (int)(await DeltaAsync(second, "r"))["seq"]!);
    }

    private static JObject Delta(int seq, string content, bool done) => new()
    {
        ["requestId"] = "r",
        ["seq"] = seq,
        ["deltaBase64"] = Base64(content),
        ["done"] = done,
        ["error"] = null,
    };
}
