using ExecActors.Runtime.Http;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Which requests go through which proxy.</summary>
public sealed class EnvironmentProxyTests : HttpTest
{
    [Theory]
    [InlineData("HTTP_PROXY=http://p:1", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=p:1", "http://a/", "http://p:1/")]
    [InlineData("http_proxy=http://p:1", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=http://p:1", "https://a/", null)]
    [InlineData("HTTPS_PROXY=http://p:1", "https://a:8443/", "http://p:1/")]
    [InlineData("https_proxy=http://p:1", "http://a/", null)]
    [InlineData("ALL_PROXY=socks5://p:1", "https://a/", "socks5://p:1")]
    [InlineData("ALL_PROXY=http://p:1", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=|all_proxy=http://p:1", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=http://p:1|http_proxy=http://q:1|ALL_PROXY=http://r:1", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=http://p:1|REQUEST_METHOD=GET", "http://a/", null)] // a CGI caller could have sent a header Proxy
    [InlineData("http_proxy=http://p:1|REQUEST_METHOD=GET", "http://a/", "http://p:1/")]
    [InlineData("HTTP_PROXY=::bad::", "http://a/", null)]
    [InlineData("HTTP_PROXY=gopher://p:1", "http://a/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=example", "http://example/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=example", "http://sub.EXAMPLE/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=.example", "http://example/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=*.example", "http://sub.example/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY= ample , b", "http://example/", "http://p:1/")]
    [InlineData("HTTP_PROXY=http://p:1|no_proxy=*", "http://example/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=192.0.2.0/24", "http://192.0.2.7/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=192.0.2.0/24", "http://192.0.3.7/", "http://p:1/")]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=192.0.2.7", "http://192.0.2.7/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=2001:db8::1", "http://[2001:db8::1]/", null)]
    [InlineData("HTTP_PROXY=http://p:1|NO_PROXY=192.0.2.0/24", "http://[2001:db8::1]/", "http://p:1/")]
    [InlineData("ALL_PROXY=http://p:1", "http://localhost/", null)] // this machine itself: a difference
    [InlineData("ALL_PROXY=http://p:1", "https://a.localhost:1/", null)]
    [InlineData("ALL_PROXY=http://p:1", "http://127.1.2.3/", null)]
    [InlineData("ALL_PROXY=http://p:1", "http://[::1]/", null)]
    [InlineData("ALL_PROXY=http://p:1", "http://notlocalhost/", "http://p:1/")]
    public void The_environment_says_which(string variables, string destination, string? proxy)
    {
        var proxies = EnvironmentProxy.From(variables.Split('|').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));

        Assert.Equal(proxy is null ? null : new Uri(proxy), proxies?.GetProxy(new Uri(destination)));
        Assert.Equal(proxy is null, proxies?.IsBypassed(new Uri(destination)) ?? true);
    }

    [Fact]
    public void No_variables_no_proxy() => Assert.Null(EnvironmentProxy.From(new Dictionary<string, string>(StringComparer.Ordinal) { ["NO_PROXY"] = "*" }));

    [Fact]
    public async Task A_plain_request_goes_to_its_proxy_whole_with_the_proxys_password()
    {
        var http = Converse(new Dictionary<string, string>(StringComparer.Ordinal) { ["HTTP_PROXY"] = $"http://us:p%20w@127.0.0.1:{Server.Port}" });
        http.Send(1, "http://example.invalid/a?b#c", ",\"headers\":[{\"name\":\"X-A\",\"value\":\"1\"}]");

        Assert.Equal("GET http://example.invalid/a?b HTTP/1.1\r\nx-a: 1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nproxy-authorization: Basic dXM6cCB3\r\nhost: example.invalid", await Server.HeadAsync());
        await http.ResultAsync(1);
    }

    [Fact]
    public async Task A_secure_request_asks_its_proxy_for_a_tunnel_that_nothing_rewrites()
    {
        var http = Converse(new Dictionary<string, string>(StringComparer.Ordinal) { ["HTTPS_PROXY"] = $"http://127.0.0.1:{Server.Port}" });
        http.Send(1, "https://example.invalid/");
        var proxy = await Server.AcceptAsync();
        var head = await proxy.HeadAsync();
        Assert.StartsWith("CONNECT example.invalid:443 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nhost: example.invalid", head, StringComparison.Ordinal);

        await proxy.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
        Assert.Equal("\x16\x03", await proxy.ReadAsync(2)); // the TLS handshake
        proxy.Dispose();
        Assert.Equal(SendFailed(1, "https://example.invalid/"), await http.AnswerAsync(1));
    }

    [Fact]
    public async Task A_proxy_that_refuses_a_tunnel_is_a_failure_to_send()
    {
        var http = Converse(new Dictionary<string, string>(StringComparer.Ordinal) { ["HTTPS_PROXY"] = $"http://127.0.0.1:{Server.Port}" });
        Server.Serve(_ => "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");

        Assert.Equal(SendFailed(1, "https://example.invalid/"), await http.AskAsync(1, "https://example.invalid/"));
    }
}
