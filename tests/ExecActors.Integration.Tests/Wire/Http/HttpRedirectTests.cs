namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary>Redirects of <c>http/request</c>.</summary>
public sealed class HttpRedirectTests(ServerFixture fixture) : HttpTests(fixture), IClassFixture<ServerFixture>
{
    private const string Secrets = """
        "headers":[{"name":"Authorization","value":"a"},{"name":"Cookie","value":"c"},{"name":"X-Own","value":"o"},{"name":"Content-Type","value":"t"}]
        """;

    [Theory]
    [InlineData("POST", 301, "GET")]
    [InlineData("POST", 302, "GET")]
    [InlineData("POST", 303, "GET")]
    [InlineData("POST", 307, "POST")]
    [InlineData("POST", 308, "POST")]
    [InlineData("PUT", 302, "PUT")]
    [InlineData("PUT", 303, "GET")]
    [InlineData("HEAD", 303, "HEAD")]
    [InlineData("custom", 302, "custom")]
    [InlineData("GET", 301, "GET")]
    public async Task A_redirect_is_followed_with_method_and_body_as_its_status_says(string method, int status, string then)
    {
        Redirect(status, "/to?x=1");
        var hasBody = method is "POST" or "PUT";
        await AskAsync("/from", $$"""{"method":"{{method}}",{{(hasBody ? "\"bodyBase64\":\"eA==\"," : "")}}{{Secrets}}}""");
        var first = await Upstream.NextRequestAsync();
        var second = await Upstream.NextRequestAsync();
        Assert.Equal((method, "/from"), (first.Method, first.Target));
        Assert.Equal((then, "/to?x=1"), (second.Method, second.Target));
        Assert.Equal(("a", "c", "o", Upstream.Url("/from")), (second["authorization"], second["cookie"], second["x-own"], second["referer"]));
        var keepsBody = status is 307 or 308 || (status is 301 or 302 && method != "POST");
        Assert.Equal(hasBody && keepsBody ? "x" : "", System.Text.Encoding.ASCII.GetString(second.Body));
        Assert.Equal(keepsBody ? "t" : null, second["content-type"]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Credentials_do_not_leave_their_host_and_port(string host)
    {
        await using var other = new HttpUpstream(exchange => exchange.AnswerAsync("200 OK", "there"));
        Redirect(307, $"http://{host}:{other.Endpoint.Port}/to");
        Assert.Equal("there", Body(await AskAsync("/from/secret?token=1", $$"""{{{Secrets}}}""")));
        var request = await other.NextRequestAsync();
        Assert.Equal((null, null, "o"), (request["authorization"], request["cookie"], request["x-own"]));
        Assert.Equal($"{host}:{other.Endpoint.Port}", request["host"]);
        Assert.Equal(Upstream.Url("/"), request["referer"]);
    }

    [Fact]
    public async Task Credentials_do_not_go_to_another_name_of_the_host()
    {
        Redirect(302, $"http://localhost:{Upstream.Endpoint.Port}/to");
        await AskAsync("/from", $$"""{{{Secrets}}}""");
        await Upstream.NextRequestAsync();
        var request = await Upstream.NextRequestAsync();
        Assert.Equal((null, null, "o"), (request["authorization"], request["cookie"], request["x-own"]));
    }

    [Fact]
    [Difference("http-secrets")]
    public async Task What_was_made_of_a_variable_goes_to_no_other_origin_and_does_not_come_back()
    {
        await using var other = new HttpUpstream(exchange => exchange.AnswerAsync("302 Found", "", $"location: {Upstream.Url("/back")}"));
        Redirect(307, other.Url("/to"));
        await AskAsync("/from", """{"headers":[{"name":"X-Api-Key","value":"k-","valueEnvVar":"PATH"},{"name":"X-Own","value":"o"}]}""");
        Assert.StartsWith("k-/", (await Upstream.NextRequestAsync())["x-api-key"], StringComparison.Ordinal);
        if (!ServerUnderTest.IsReference)
        {
            var there = await other.NextRequestAsync();
            var back = await Upstream.NextRequestAsync();
            Assert.Equal((null, "o", null, "o"), (there["x-api-key"], there["x-own"], back["x-api-key"], back["x-own"]));
        }
    }

    [Theory]
    [InlineData("../y?z=1", "/y?z=1")]
    [InlineData("y", "/a/y")]
    [InlineData("?q", "/a/b?q")]
    [InlineData("/y#fragment", "/y")]
    [InlineData("//AUTHORITY/y", "/y")]
    public async Task A_location_may_be_relative(string location, string target)
    {
        Redirect(302, location.Replace("AUTHORITY", Upstream.Authority));
        await AskAsync("/a/b");
        await Upstream.NextRequestAsync();
        Assert.Equal(target, (await Upstream.NextRequestAsync()).Target);
    }

    [Fact]
    public async Task Ten_hops_are_followed_and_no_eleventh()
    {
        var hops = 0;
        Serve = exchange => ++hops == 11 ? exchange.AnswerAsync("200 OK", "there") : exchange.AnswerAsync("302 Found", "", $"location: /{hops}");
        Assert.Equal("there", Body(await AskAsync("/0")));
        hops = -1000;
        await ExpectRefusalAsync("/0", "{}", "-32603 http/request failed: too many redirects");
        Assert.Equal(-1000 + 11, hops);
    }

    [Theory]
    [InlineData("""{"redirectPolicy":"stop"}""", "/to")]
    [InlineData("{}", null)]
    [InlineData("{}", "http://[bad")]
    public async Task The_redirect_itself_is_the_result_when_it_is_not_followed(string members, string? location)
    {
        Serve = exchange => exchange.AnswerAsync("302 Found", "moved", location is null ? [] : [$"location: {location}"]);
        var result = await AskAsync("/from", members);
        Assert.Equal((302, "moved"), ((int)result["status"]!, Body(result)));
        Assert.Equal(1, Upstream.RequestsWaiting);
    }

    [Theory]
    [InlineData("ftp://x/", "-32603 http/request failed: redirect target uses unsupported URL scheme: ftp")]
    [InlineData("file:///etc/passwd", "-32603 http/request failed: redirect target uses unsupported URL scheme: file")]
    public async Task Only_the_web_is_redirected_to(string location, string refusal)
    {
        Redirect(302, location);
        await ExpectRefusalAsync("/from", "{}", refusal);
    }

    [Fact]
    public async Task The_deadline_holds_over_all_hops()
    {
        Serve = exchange => exchange.Request.Target == "/from" ? exchange.AnswerAsync("302 Found", "", "location: /to") : exchange.PeerClosedAsync();
        await ExpectRefusalAsync("/from", """{"timeoutMs":300}""", "-32603 http/request failed: error sending request for url (UPSTREAM/to)");
    }

    private void Redirect(int status, string location) => Serve = exchange => exchange.Request.Target.StartsWith("/from", StringComparison.Ordinal) || exchange.Request.Target == "/a/b"
        ? exchange.AnswerAsync($"{status} Moved", "moved", $"location: {location}")
        : exchange.Request.Method == "HEAD" ? exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n") : exchange.AnswerAsync("200 OK", "there");
}
