using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>What becomes of a response in one piece.</summary>
public sealed class ResponseTests() : HttpTest("execactors.http { buffered-body-bytes = 100KiB, buffered-bytes = 1MiB }")
{
    private const string BodyFailed = "failed to read http/request response body: error decoding response body";

    public static TheoryData<string, string> Heads { get; } = new()
    {
        // Those of the body too stay where they were; repeated ones come together at the first's place.
        {
            "X-B: 1\r\nContent-Type: text/html\r\nConnection: Keep-Alive, Upgrade\r\nX-A:  pad  \r\ncontent-length: 2\r\nx-b: 2\r\nEmpty:\r\nCache-Control: a,b , c\r\nVia: 1.1 a, 1.1 b\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nExpires: 0\r\nLast-Modified: never",
            "x-b=1|x-b=2|content-type=text/html|connection=Keep-Alive, Upgrade|x-a=pad|content-length=2|empty=|cache-control=a,b , c|via=1.1 a, 1.1 b|set-cookie=a=1; Path=/|set-cookie=b=2|expires=0|last-modified=never"
        },
        { "content-length: 2\r\ncontent-encoding: br\r\nx-latin: caf\xe9\r\nx-utf: caf\xc3\xa9\r\ndate: Sun, 22 Nov 2026 16:14:13 GMT", "content-length=2|content-encoding=br|x-latin=caf\xe9|x-utf=caf\xc3\xa9|date=Sun, 22 Nov 2026 16:14:13 GMT" },
        { "server: a (b) c/1\r\ncontent-length: 2\r\nvary: *\r\nwarning: odd\r\nlocation: /a b\r\nallow: GET,POST\r\netag: no quotes", "server=a (b) c/1|content-length=2|vary=*|warning=odd|location=/a b|allow=GET,POST|etag=no quotes" },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Headers_come_in_their_order_and_as_they_are(string head, string expected)
    {
        var http = Converse();
        http.Send(1, Server.Url());
        await AnswerAsync($"HTTP/1.1 200 OK\r\n{head}\r\n\r\nok");

        var result = await http.ResultAsync(1);
        Assert.Equal(expected, string.Join('|', result["headers"]!.Select(header => $"{(string)header["name"]!}={(string)header["value"]!}")));
        Assert.Equal((200, "b2s="), ((int)result["status"]!, (string)result["bodyBase64"]!));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nnf", 404, "nf")]
    [InlineData("HTTP/1.1 999 X\r\ncontent-length: 0\r\n\r\n", 999, "")]
    [InlineData("HTTP/1.1 204 X\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 304 X\r\ncontent-length: 2\r\n\r\n", 304, "")]
    [InlineData("HTTP/1.1 103 Early\r\nx-e: 1\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabcdef", 200, "ab")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 02\r\n\r\nok", 200, "ok")]
    [InlineData("HTTP/1.1 204 X\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n", 204, "")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n2;x=y\r\nab\r\n0\r\n\r\n", 200, "ab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\nx-t: 1\r\n\r\n", 200, "abcde")]
    public async Task Any_status_and_any_framing_is_a_result(string response, int status, string body)
    {
        var http = Converse();
        http.Send(1, Server.Url());
        await AnswerAsync(response);

        var result = await http.ResultAsync(1);
        Assert.Equal((status, body), ((int)result["status"]!, HttpConversation.Text((string)result["bodyBase64"]!)));
    }

    [Fact]
    public async Task A_response_to_HEAD_has_no_body()
    {
        var http = Converse();
        http.Send(1, Server.Url(), method: "HEAD");
        await AnswerAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");

        Assert.Equal("""{"id":1,"result":{"status":200,"headers":[{"name":"content-length","value":"2"}],"bodyBase64":""}}""", await http.AnswerAsync(1));
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX A: a\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 1000 X\r\ncontent-length: 0\r\n\r\n")]
    public async Task What_is_no_HTTP_is_no_result(string response)
    {
        var http = Converse();
        http.Send(1, Server.Url("/x"));
        (await AnswerAsync(response)).Dispose();

        Assert.Equal(SendFailed(1, Server.Url("/x")), await http.AnswerAsync(1));
    }

    [Theory]
    [InlineData("content-length: 2\r\ncontent-length: 3")]
    [InlineData("content-length: 0\r\nx-a: 1\r\nContent-Length: 5")]
    [InlineData("content-length: 2, 3")]
    [InlineData("content-length: 2\r\ncontent-length: 2\r\ncontent-length: 3")]
    [InlineData("content-length: abc")]
    [InlineData("content-length: -2")]
    [InlineData("content-length: +2")]
    [InlineData("content-length: 0x2")]
    [InlineData("content-length: 2 2")]
    [InlineData("content-length:")]
    [InlineData("content-length: 99999999999999999999")]
    [InlineData("content-length: 2\r\ntransfer-encoding: chunked")]
    [InlineData("transfer-encoding: chunked\r\ncontent-length: 2")]
    [InlineData("transfer-encoding: identity\r\ncontent-length: 2")]
    [InlineData("transfer-encoding: chunked, gzip")]
    [InlineData("transfer-encoding: chunked\r\ntransfer-encoding: chunked")]
    [InlineData("transfer-encoding: chunked", "1.0")]
    public async Task A_response_whose_body_can_end_in_two_places_is_no_result(string head, string version = "1.1")
    {
        var http = Converse();
        http.Send(1, Server.Url("/x"));
        (await AnswerAsync($"HTTP/{version} 200 OK\r\n{head}\r\n\r\n2\r\nok\r\n0\r\n\r\n")).Dispose();

        Assert.Equal(SendFailed(1, Server.Url("/x")), await http.AnswerAsync(1));
    }

    [Theory]
    [InlineData("GET", "", 4)] // sent again, as RFC 9110 section 9.2.2 allows
    [InlineData("POST", "", 1)]
    [InlineData("PATCH", "", 1)]
    [InlineData("custom", "", 1)]
    [InlineData("PUT", ",\"bodyBase64\":\"eHk=\"", 1)]
    public async Task A_connection_that_closes_without_a_response_is_an_error_and_nothing_is_done_twice(string method, string more, int times)
    {
        var http = Converse();
        http.Send(1, Server.Url(), more, method);
        for (var i = 0; i < times; i++)
        {
            (await AnswerAsync("")).Dispose();
        }

        Assert.Equal(SendFailed(1, Server.Url()), await http.AnswerAsync(1));
        Assert.Equal(times, Server.Accepted);
    }

    [Theory]
    [InlineData("content-length: 100\r\n\r\npartial")]
    [InlineData("transfer-encoding: chunked\r\n\r\nff\r\npartial")]
    [InlineData("transfer-encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n10000000000000002\r\nok\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n2\r\nok\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")]
    public async Task A_body_that_is_cut_or_malformed_is_an_error(string rest)
    {
        var http = Converse();
        http.Send(1, Server.Url());
        (await AnswerAsync($"HTTP/1.1 200 OK\r\n{rest}")).Dispose();

        Assert.Equal(Error(1, -32603, BodyFailed), await http.AnswerAsync(1));
    }

    [Fact]
    public async Task A_body_without_a_length_ends_with_its_connection()
    {
        var http = Converse();
        http.Send(1, Server.Url());
        (await AnswerAsync("HTTP/1.0 200 OK\r\n\r\nabc")).Dispose();

        Assert.Equal("abc", await http.BodyAsync(1));
    }

    [Theory]
    [InlineData(400_000, true)]
    [InlineData(2_000_000, false)]
    public async Task Huge_headers_pass_up_to_half_a_mebibyte(int length, bool pass)
    {
        var http = Converse();
        http.Send(1, Server.Url());
        await AnswerAsync($"HTTP/1.1 200 OK\r\nx-h: {new string('a', length)}\r\ncontent-length: 0\r\n\r\n");

        var answer = JObject.Parse(await http.AnswerAsync(1));
        Assert.Equal(pass ? length : null, ((string?)answer.SelectToken("result.headers[0].value"))?.Length);
    }

    [Fact]
    public async Task Tens_of_thousands_of_headers_come_in_their_order_with_repeated_ones_at_the_place_of_the_first()
    {
        var names = Enumerable.Range(0, 40_000).Select(i => $"h{i % 30_000}").ToArray();
        var http = Converse();
        http.Send(1, Server.Url());
        await AnswerAsync($"HTTP/1.1 200 OK\r\n{string.Concat(names.Select((name, i) => $"{name}:{i % 10}\r\n"))}content-length: 0\r\n\r\n");

        var answer = JObject.Parse(await http.AnswerAsync(1));
        var expected = names.Select((name, i) => (name, i % 10)).GroupBy(header => header.name, StringComparer.Ordinal).SelectMany(group => group).Append(("content-length", 0));
        Assert.Equal(expected, answer.SelectToken("result.headers")!.Select(header => ((string)header["name"]!, (int)header["value"]!)));
    }

    [Theory]
    [InlineData("content-length: 102401\r\n\r\n")]
    [InlineData("connection: close\r\n\r\n")]
    public async Task A_body_beyond_the_bound_is_refused_by_the_name_of_the_setting(string rest)
    {
        var http = Converse();
        http.Send(1, Server.Url());
        var connection = await AnswerAsync($"HTTP/1.1 200 OK\r\n{rest}");
        await connection.SendAsync(new string('x', 102_401));

        Assert.Equal(
            Error(1, -32005, "limit reached: http.buffered-body-bytes (the response body is longer than 102400 bytes; ask for it with streamResponse)"),
            await http.AnswerAsync(1));
        await connection.EndAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(49_151)]
    [InlineData(49_153)]
    [InlineData(102_400)]
    public async Task A_body_of_any_length_arrives_whole(int length)
    {
        var body = string.Concat(Enumerable.Range(0, length).Select(i => (char)(i * 7 % 256)));
        var http = Converse();
        http.Send(1, Server.Url());
        var connection = await AnswerAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for (var at = 0; at < length; at += 10_001)
        {
            var chunk = body[at..Math.Min(length, at + 10_001)];
            await connection.SendAsync($"{chunk.Length:x}\r\n{chunk}\r\n");
        }

        await connection.SendAsync("0\r\n\r\n");
        Assert.Equal(body, await http.BodyAsync(1));
    }

    [Fact]
    public async Task Bodies_of_all_requests_together_are_bounded()
    {
        var http = Converse();
        var connections = new List<RawConnection>();
        for (var id = 1; id <= 20; id++)
        {
            http.Send(id, Server.Url(), requestId: $"r{id}");
            connections.Add(await AnswerAsync("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + new string('x', 99_999)));
        }

        // None is complete, and all together are too much: some are refused, and their bytes are free again for the rest.
        var refused = 0;
        while (refused < 20 - (1024 * 1024 / 99_999))
        {
            var answer = JObject.Parse(await http.AnyAnswerAsync());
            Assert.Equal("limit reached: http.buffered-bytes", (string?)answer.SelectToken("error.message"));
            refused++;
        }

        await Task.WhenAll(connections.Select(TrySendAsync));
        for (var rest = 20 - refused; rest > 0; rest--)
        {
            Assert.Equal(200, (int)JObject.Parse(await http.AnyAnswerAsync()).SelectToken("result.status")!);
        }
    }

    private static async Task TrySendAsync(RawConnection connection)
    {
        try
        {
            await connection.SendAsync("x");
        }
        catch (System.Net.Sockets.SocketException)
        {
            // that of a refused request
        }
    }

    private async Task<RawConnection> AnswerAsync(string response)
    {
        var connection = await Server.AcceptAsync();
        await connection.RequestAsync();
        await connection.SendAsync(response);
        return connection;
    }
}
