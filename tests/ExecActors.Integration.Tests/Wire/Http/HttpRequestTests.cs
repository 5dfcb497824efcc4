using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary><c>http/request</c> in one piece: what goes out and what comes back.</summary>
public sealed class HttpRequestTests(HttpRequestTests.SecretiveServer fixture) : HttpTests(fixture), IClassFixture<HttpRequestTests.SecretiveServer>
{
    [Fact]
    public async Task An_answer_has_status_headers_and_body_in_this_order()
    {
        var result = await AskAsync("/x");
        Assert.Equal(["status", "headers", "bodyBase64"], result.Properties().Select(member => member.Name));
        Assert.Equal((200, "ok"), ((int)result["status"]!, Body(result)));
        Assert.Equal(["content-length: 2"], Headers(result));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("custom")]
    [InlineData("X-~!#$%&'*+.^_`|")]
    public async Task A_method_goes_out_as_written(string method)
    {
        await AskAsync("/x", $$"""{"method":"{{method}}"}""");
        var request = await Upstream.NextRequestAsync();
        Assert.Equal((method, "/x"), (request.Method, request.Target));
        Assert.Equal(["accept", "accept-encoding", "host"], request.Headers.Select(header => header.Key.ToLowerInvariant()).Order(StringComparer.Ordinal));
        Assert.Equal(("*/*", "zstd,gzip", Upstream.Authority), (request["accept"], request["accept-encoding"], request["host"]));
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PUT", 100_000)]
    [InlineData("DELETE", 3)]
    [InlineData("custom", 3)]
    [InlineData("POST", 6_000_000)]
    public async Task A_body_goes_out_with_its_length(string method, int bytes)
    {
        var body = RandomNumberGenerator.GetBytes(bytes);
        await AskAsync("/x", $$"""{"method":"{{method}}","bodyBase64":"{{Convert.ToBase64String(body)}}"}""");
        var request = await Upstream.NextRequestAsync();
        Assert.Equal($"{bytes}", request["content-length"]);
        Assert.True(request.Body.AsSpan().SequenceEqual(body));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"bodyBase64":null}""")]
    [InlineData("""{"bodyBase64":""}""")]
    public async Task No_body_is_no_body(string members)
    {
        await AskAsync("/x", members);
        var request = await Upstream.NextRequestAsync();
        Assert.Empty(request.Body);
        Assert.Null(request["transfer-encoding"]);
    }

    [Fact]
    public async Task Repeated_headers_keep_their_order_and_given_ones_win()
    {
        await AskAsync("/x", """
            {"headers":[{"name":"X-A","value":"1"},{"name":"x-b","value":"2"},{"name":"x-a","value":"3"},{"name":"Host","value":"other"},
             {"name":"User-Agent","value":"ua"},{"name":"Accept","value":"text/html"},{"name":"x-empty","value":""}]}
            """);
        var request = await Upstream.NextRequestAsync();
        Assert.Equal(["1", "3"], request.All("x-a"));
        Assert.Equal(["2"], request.All("x-b"));
        Assert.Equal([""], request.All("x-empty"));
        Assert.Equal(("other", "ua", "text/html"), (request["host"], request["user-agent"], request["accept"]));
        Assert.Equal(8, request.Headers.Count);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8; x=\\\"y\\\"")]
    [InlineData("not a media type at all")]
    [InlineData("a, b;q=0.5")]
    [InlineData("tab\\there")]
    public async Task A_value_goes_out_as_given_whatever_the_header_means(string value)
    {
        var names = new[] { "content-type", "accept-language", "date", "if-modified-since", "range", "authorization", "cookie", "user-agent", "via", "x-own" };
        var headers = string.Join(',', names.Select(name => $$"""{"name":"{{name}}","value":"{{value}}"}"""));
        await AskAsync("/x", $$"""{"method":"POST","bodyBase64":"eA==","headers":[{{headers}}]}""");
        var request = await Upstream.NextRequestAsync();
        Assert.All(names, name => Assert.Equal([value.Replace("\\\"", "\"").Replace("\\t", "\t")], request.All(name)));
    }

    [Fact]
    public async Task Characters_beyond_ASCII_go_out_as_UTF8()
    {
        await AskAsync("/x", """{"headers":[{"name":"x-u","value":"caf\u00E9 \u20AC"}]}""");
        Assert.Equal("caf\u00E9 \u20AC", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes((await Upstream.NextRequestAsync())["x-u"]!)));
    }

    [Fact]
    public async Task A_value_may_end_with_a_variable_of_the_executor()
    {
        await AskAsync("/x", """{"headers":[{"name":"authorization","value":"Bearer ","valueEnvVar":"HDR_SECRET"},{"name":"x","value":"v","valueEnvVar":null}]}""");
        var request = await Upstream.NextRequestAsync();
        Assert.Equal(("Bearer s3cret", "v"), (request["authorization"], request["x"]));
        await ExpectRefusalAsync("/x", """{"headers":[{"name":"X-A","value":"v","valueEnvVar":"NONE"}]}""", "-32602 http/request header X-A requires executor environment variable NONE");
    }

    [Theory]
    [InlineData("/a?q=1&r=a+b", "/a?q=1&r=a+b")]
    [InlineData("/a/../b/./c", "/b/c")]
    [InlineData("/a#fragment", "/a")]
    [InlineData("/%7Euser/%2F?x=%20", "/%7Euser/%2F?x=%20")]
    [InlineData("/sp ace?q=a b", "/sp%20ace?q=a%20b")]
    [InlineData("/\u00E9?\u00E9", "/%C3%A9?%C3%A9")]
    [InlineData("", "/")]
    public async Task A_URL_goes_out_as_browsers_write_it(string path, string target)
    {
        await AskAsync(Upstream.Url(path));
        Assert.Equal(target, (await Upstream.NextRequestAsync()).Target);
    }

    [Fact]
    public async Task Credentials_in_a_URL_become_a_header()
    {
        await AskAsync($"http://user:pw@{Upstream.Authority}/x");
        Assert.Equal("Basic dXNlcjpwdw==", (await Upstream.NextRequestAsync())["authorization"]);
    }

    [Theory]
    [InlineData("HEAD", "200 OK")]
    [InlineData("GET", "204 No Content")]
    [InlineData("GET", "304 Not Modified")]
    public async Task An_answer_without_a_body_has_an_empty_one(string method, string status)
    {
        Serve = exchange => exchange.SendAsync($"HTTP/1.1 {status}\r\n{(method == "HEAD" ? "content-length: 5\r\n" : "")}x: y\r\n\r\n");
        for (var i = 0; i < 2; i++)
        {
            var result = await AskAsync("/x", $$"""{"method":"{{method}}"}""");
            Assert.Equal((status[..3], ""), ($"{(int)result["status"]!}", Body(result)));
        }
    }

    [Theory]
    [InlineData("400 Bad Request")]
    [InlineData("404 Not Found")]
    [InlineData("500 Internal Server Error")]
    [InlineData("599 Whatever")]
    [InlineData("300 Multiple Choices")]
    public async Task Any_status_is_a_result(string status)
    {
        Serve = exchange => exchange.AnswerAsync(status, "why");
        var result = await AskAsync("/x");
        Assert.Equal((status[..3], "why"), ($"{(int)result["status"]!}", Body(result)));
    }

    [Fact]
    public async Task Header_names_come_in_lower_case_and_repeated_ones_together()
    {
        Serve = exchange => exchange.AnswerAsync(
            "200 OK", "", "X-B: 1", "A: 1", "x-b: 2", "Set-Cookie: a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "Content-Type: x", "set-cookie: b=2", "X-Mixed-Case: V", "Expires: 0",
            "x-none:", "x-blanks:   a  b  ", "content-type: y");
        Assert.Equal(
            [
                "x-b: 1", "x-b: 2", "a: 1", "set-cookie: a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "set-cookie: b=2", "content-type: x", "content-type: y",
                "x-mixed-case: V", "expires: 0", "x-none: ", "x-blanks: a  b", "content-length: 0",
            ],
            Headers(await AskAsync("/x")));
    }

    [Fact]
    [Difference("non-ascii-headers")]
    public async Task Header_bytes_beyond_ASCII_come_as_Latin1()
    {
        Serve = exchange => exchange.AnswerAsync("200 OK", "", "x-latin: caf\u00E9", "x-utf: caf\u00C3\u00A9");
        Assert.Equal(["x-latin: caf\u00E9", "x-utf: caf\u00C3\u00A9", "content-length: 0"], Headers(await AskAsync("/x")));
    }

    [Fact]
    public async Task A_body_in_another_coding_is_the_clients_to_decode()
    {
        Serve = exchange => exchange.AnswerAsync("200 OK", "\u001F\u008Bzip", "content-encoding: x-gzip");
        var result = await AskAsync("/x", """{"headers":[{"name":"accept-encoding","value":"gzip"}]}""");
        Assert.Equal("H4t6aXA=", (string?)result["bodyBase64"]);
        Assert.Contains("content-encoding: x-gzip", Headers(result));
    }

    [Fact]
    public async Task A_chunked_body_comes_whole_and_one_without_length_to_its_end()
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-t\r\n\r\n");
            for (var i = 0; i < 1000; i++)
            {
                await exchange.SendChunkAsync($"{i} ");
            }

            await exchange.SendAsync("0\r\nx-t: v\r\n\r\n");
        };
        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i} ")), Body(await AskAsync("/x")));
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            exchange.EndConnection();
        };
        Assert.Equal("until the end", Body(await AskAsync("/x")));
    }

    [Fact]
    public async Task A_large_body_comes_whole()
    {
        var body = string.Concat(Enumerable.Range(0, 3_000_000).Select(i => (char)('a' + i % 26)));
        Serve = exchange => exchange.AnswerAsync("200 OK", body);
        Assert.Equal(body, Body(await AskAsync("/x")));
    }

    [Fact]
    public async Task An_interim_answer_is_passed_over()
    {
        Serve = exchange => exchange.SendAsync("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        Assert.Equal("ok", Body(await AskAsync("/x")));
    }

    [Fact]
    public async Task Headers_may_be_many_and_long()
    {
        Serve = exchange => exchange.AnswerAsync("200 OK", "", [.. Enumerable.Range(0, 90).Select(i => $"x-{i}: {new string('v', 1000)}"), $"x-long: {new string('l', 200_000)}"]);
        var headers = Headers(await AskAsync("/x"));
        Assert.Equal(92, headers.Count);
        Assert.Contains($"x-long: {new string('l', 200_000)}", headers);
    }

    /// <summary>A server with a secret in its environment.</summary>
    public sealed class SecretiveServer : ServerFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["HDR_SECRET"] = "s3cret" };
    }
}
