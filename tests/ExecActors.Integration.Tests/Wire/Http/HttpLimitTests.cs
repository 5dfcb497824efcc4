using System.Text;

namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary>What the reference server has not: <c>http/cancel</c> and bounds.</summary>
public sealed class HttpLimitTests(HttpLimitTests.SmallServer fixture) : HttpTests(fixture), IClassFixture<HttpLimitTests.SmallServer>
{
    [Fact]
    [Difference("http-cancel")]
    public async Task A_request_that_is_cancelled_fails_and_its_connection_is_dropped()
    {
        var gone = new TaskCompletionSource();
        Serve = async exchange =>
        {
            await exchange.PeerClosedAsync();
            gone.SetResult();
        };
        var request = await Client.PostAsync("http/request", RequestParams("/x", """{"requestId":"b"}"""));
        await Upstream.NextRequestAsync();
        await Client.ResultAsync("http/cancel", new JObject { ["requestId"] = "b" });
        Compare(await Client.AnswerAsync(request), "-32603 http/request was cancelled", "the request");
        await Patience.ForAsync(gone.Task, () => "the end of the HTTP connection");
    }

    [Fact]
    [Difference("http-cancel")]
    public async Task A_stream_that_is_cancelled_gets_its_terminal_frame_and_frees_its_id()
    {
        var gone = new TaskCompletionSource();
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun");
            await exchange.PeerClosedAsync();
            gone.SetResult();
        };
        await AskAsync("/x", """{"streamResponse":true}""");
        Assert.Equal("YmVndW4=", (string?)(await DeltaAsync())["deltaBase64"]);
        await Client.ResultAsync("http/cancel", new JObject { ["requestId"] = "r" });
        var (body, error) = await BodyAsync(firstSeq: 2);
        Assert.Equal((0, "cancelled"), (body.Length, error));
        await Patience.ForAsync(gone.Task, () => "the end of the HTTP connection");
        Serve = exchange => exchange.AnswerAsync("200 OK", "ok");
        await AskAsync("/x", """{"streamResponse":true}""");
        Assert.Equal("ok", Encoding.ASCII.GetString((await BodyAsync()).Body));
    }

    [Fact]
    [Difference("http-cancel")]
    public async Task To_cancel_what_is_not_there_does_nothing()
    {
        Assert.Empty(await Client.ResultAsync("http/cancel", new JObject { ["requestId"] = "nobody" }));
        Assert.Equal(new WireError(ErrorCode.InvalidParams, "missing field `requestId`"), await Client.ErrorAsync("http/cancel", new JObject()));
    }

    [Fact]
    [Difference("http-bounds")]
    public async Task A_body_beyond_the_bound_is_refused_and_streams_freely()
    {
        Serve = exchange => exchange.AnswerAsync("200 OK", new string('x', 64 * 1024 + 1));
        await ExpectRefusalAsync("/x", "{}", "-32005 limit reached: http.buffered-body-bytes (the response body is longer than 65536 bytes; ask for it with streamResponse)");
        Serve = exchange => exchange.AnswerAsync("200 OK", new string('x', 64 * 1024));
        Assert.Equal(64 * 1024, Body(await AskAsync("/x")).Length);
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            for (var i = 0; i < 100; i++)
            {
                await exchange.SendChunkAsync(new string('x', 10_000));
            }

            await exchange.SendAsync("0\r\n\r\n");
        };
        await ExpectRefusalAsync("/x", "{}", "-32005 limit reached: http.buffered-body-bytes (the response body is longer than 65536 bytes; ask for it with streamResponse)");
        await AskAsync("/x", """{"streamResponse":true}""");
        Assert.Equal(1_000_000, (await BodyAsync()).Body.Length);
    }

    [Fact]
    [Difference("http-bounds")]
    public async Task A_stream_too_many_is_refused()
    {
        using var steps = new Steps(1);
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n");
            await steps.WaitAsync(0);
            await exchange.SendAsync("x");
        };
        for (var i = 0; i < 3; i++)
        {
            await AskAsync("/x", $$"""{"requestId":"{{i}}","streamResponse":true}""");
        }

        await ExpectRefusalAsync("/x", """{"streamResponse":true}""", "-32005 limit reached: http.streams-per-connection");
        steps.Release(0);
        await BodyAsync("1");
        await AskAsync("/x", """{"streamResponse":true}""");
        await BodyAsync();
    }

    [Fact]
    public async Task A_slow_reader_slows_its_stream_and_nothing_else()
    {
        const int Pieces = 400;
        var sent = 0;
        using var steps = new Steps(1);
        Serve = async exchange =>
        {
            if (exchange.Request.Target == "/small")
            {
                await exchange.AnswerAsync("200 OK", "ok");
                return;
            }

            await exchange.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: {Pieces * 100_000L}\r\n\r\n");
            for (; sent < Pieces; sent++)
            {
                await exchange.SendAsync(new byte[100_000]);
            }
        };
        // A client that reads nothing but the answer: the server may take only what its budget allows.
        using var socket = await RawWebSocket.ConnectAsync(Fixture.Server.Endpoint, receiveBufferBytes: 16 * 1024);
        await socket.SendTextAsync("""{"id":1,"method":"initialize","params":{"clientName":"slow"}}""");
        await socket.NextAsync();
        await socket.SendTextAsync("""{"method":"initialized"}""");
        await socket.SendTextAsync(new JObject { ["id"] = 2, ["method"] = "http/request", ["params"] = RequestParams("/big", """{"streamResponse":true}""") }.ToString());
        await Upstream.NextRequestAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("ok", Body(await AskAsync("/small")));
        }

        Assert.InRange(Volatile.Read(ref sent), 0, Pieces / 2);
    }

    /// <summary>A server that allows little.</summary>
    public sealed class SmallServer() : ConfiguredServerFixture("execactors.http { buffered-body-bytes = 64KiB, streams-per-connection = 3 }");
}
