namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary>Proxies that the executor's environment names.</summary>
public sealed class HttpProxyTests(HttpProxyTests.ProxiedServer fixture) : HttpTests(fixture), IClassFixture<HttpProxyTests.ProxiedServer>
{
    [Fact]
    public async Task A_plain_request_goes_to_the_proxy_as_a_whole_URL()
    {
        var result = await AskAsync("http://example.invalid:8080/path?q=1", """{"headers":[{"name":"x-a","value":"1"}]}""");
        Assert.Equal("proxied", Body(result));
        var request = await fixture.Proxy.NextRequestAsync();
        Assert.Equal(("GET", "http://example.invalid:8080/path?q=1"), (request.Method, request.Target));
        Assert.Equal(("example.invalid:8080", "1"), (request["host"], request["x-a"]));
    }

    [Fact]
    public async Task A_TLS_request_goes_through_a_tunnel()
    {
        await ExpectRefusalAsync("https://example.invalid/", "{}", "-32603 http/request failed: error sending request for url (https://example.invalid/)");
        var request = await fixture.Proxy.NextRequestAsync();
        Assert.Equal(("CONNECT", "example.invalid:443"), (request.Method, request.Target));
    }

    [Fact]
    public async Task Hosts_that_are_excepted_are_asked_themselves()
    {
        await ExpectRefusalAsync("http://direct.invalid/", "{}", "-32603 http/request failed: error sending request for url (http://direct.invalid/)");
        await ExpectRefusalAsync("http://below.direct.invalid/", "{}", "-32603 http/request failed: error sending request for url (http://below.direct.invalid/)");
        Assert.Equal(0, fixture.Proxy.RequestsWaiting);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [Difference("loopback-never-proxied")]
    public async Task The_executor_itself_is_never_asked_through_a_proxy(string host)
    {
        Assert.Equal("ok", Body(await AskAsync($"http://{host}:{Upstream.Endpoint.Port}/x")));
        Assert.Equal("/x", (await Upstream.NextRequestAsync()).Target);
        Assert.Equal(0, fixture.Proxy.RequestsWaiting);
    }

    /// <summary>A server whose environment names a proxy.</summary>
    public sealed class ProxiedServer : ServerFixture
    {
        /// <summary>The proxy; refuses tunnels.</summary>
        public HttpUpstream Proxy { get; } = new(exchange =>
            exchange.Request.Method == "CONNECT" ? exchange.AnswerAsync("403 Forbidden") : exchange.AnswerAsync("200 OK", "proxied"));

        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
        {
            ["HTTP_PROXY"] = Proxy.Url("/"),
            ["https_proxy"] = Proxy.Url("/"),
            ["NO_PROXY"] = "other.invalid, direct.invalid",
        };

        /// <inheritdoc/>
        public override async Task DisposeAsync()
        {
            await Proxy.DisposeAsync(); // first: it ends the connections that the server keeps for further requests
            await base.DisposeAsync();
        }
    }
}
