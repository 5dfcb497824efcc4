using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExecActors.Integration.Tests.Wire.Http;

/// <summary>What <c>http/request</c> refuses, and what goes wrong on the way.</summary>
public sealed class HttpErrorTests(ServerFixture fixture) : HttpTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("", "-32602 http/request url is invalid: relative URL without a base")]
    [InlineData("nope", "-32602 http/request url is invalid: relative URL without a base")]
    [InlineData("ftp://x/", "-32602 http/request only supports http and https URLs, got ftp")]
    [InlineData("file:///etc/passwd", "-32602 http/request only supports http and https URLs, got file")]
    [InlineData("mailto:x", "-32602 http/request only supports http and https URLs, got mailto")]
    [InlineData("http://", "-32602 http/request url is invalid: empty host")]
    [InlineData("HTTPS://", "-32602 http/request url is invalid: empty host")]
    [InlineData("http://exa mple/", "-32602 http/request url is invalid: invalid international domain name")]
    [InlineData("http://[::1", "-32602 http/request url is invalid: invalid IPv6 address")]
    [InlineData("http://127.0.0.1:99999/", "-32602 http/request url is invalid: invalid port number")]
    [InlineData("http://127.0.0.1:x/", "-32602 http/request url is invalid: invalid port number")]
    public Task A_URL_that_is_none_is_refused(string url, string refusal) => ExpectRefusalAsync(url, "{}", refusal);

    [Theory]
    [InlineData("""{"method":""}""", "-32602 http/request method is invalid: invalid HTTP method")]
    [InlineData("""{"method":"BAD METHOD"}""", "-32602 http/request method is invalid: invalid HTTP method")]
    [InlineData("""{"method":"G\u00E9T"}""", "-32602 http/request method is invalid: invalid HTTP method")]
    [InlineData("""{"method":5}""", "-32602 invalid type: number, expected a string")]
    [InlineData("""{"url":5}""", "-32602 invalid type: number, expected a string")]
    [InlineData("""{"requestId":5}""", "-32602 invalid type: number, expected a string")]
    [InlineData("""{"requestId":null}""", "-32602 invalid type: null, expected a string")]
    [InlineData("""{"bodyBase64":"!!"}""", "-32602 Invalid symbol 33, offset 0.")]
    [InlineData("""{"bodyBase64":"eA"}""", "-32602 Invalid padding")]
    [InlineData("""{"timeoutMs":-1}""", "-32602 invalid number")]
    [InlineData("""{"timeoutMs":1.5}""", "-32602 invalid number")]
    [InlineData("""{"timeoutMs":"1"}""", "-32602 invalid type: string \"1\", expected u64")]
    [InlineData("""{"redirectPolicy":"zz"}""", "-32602 unknown variant `zz`, expected `follow` or `stop`")]
    [InlineData("""{"redirectPolicy":null}""", "-32602 invalid type: null, expected string or map")]
    [InlineData("""{"streamResponse":null}""", "-32602 invalid type: null, expected a boolean")]
    [InlineData("""{"streamResponse":"x"}""", "-32602 invalid type: string \"x\", expected a boolean")]
    [InlineData("""{"headers":null}""", "-32602 invalid type: null, expected a sequence")]
    [InlineData("""{"headers":{}}""", "-32602 invalid type: map, expected a sequence")]
    [InlineData("""{"headers":[5]}""", "-32602 invalid type: number, expected struct HttpHeader")]
    [InlineData("""{"headers":[{"value":"x"}]}""", "-32602 missing field `name`")]
    [InlineData("""{"headers":[{"name":"x"}]}""", "-32602 missing field `value`")]
    [InlineData("""{"headers":[{"name":"x","valueEnvVar":"PATH"}]}""", "-32602 missing field `value`")]
    [InlineData("""{"headers":[{"name":5,"value":""}]}""", "-32602 invalid type: number, expected a string")]
    [InlineData("""{"headers":[{"name":"","value":"x"}]}""", "-32602 http/request header name is invalid: invalid HTTP header name")]
    [InlineData("""{"headers":[{"name":"bad name","value":"x"}]}""", "-32602 http/request header name is invalid: invalid HTTP header name")]
    [InlineData("""{"headers":[{"name":"a:b","value":"x"}]}""", "-32602 http/request header name is invalid: invalid HTTP header name")]
    [InlineData("""{"headers":[{"name":"\u00E9","value":"x"}]}""", "-32602 http/request header name is invalid: invalid HTTP header name")]
    [InlineData("""{"headers":[{"name":"X-A","value":"a\nb"}]}""", "-32602 http/request header value is invalid for X-A: failed to parse header value")]
    [InlineData("""{"headers":[{"name":"x","value":"a\rb"}]}""", "-32602 http/request header value is invalid for x: failed to parse header value")]
    [InlineData("""{"headers":[{"name":"x","value":"a\u0000b"}]}""", "-32602 http/request header value is invalid for x: failed to parse header value")]
    [InlineData("""{"headers":[{"name":"x","value":"a\u007Fb"}]}""", "-32602 http/request header value is invalid for x: failed to parse header value")]
    [InlineData("""{"headers":[{"name":"x","value":"","valueEnvVar":"NOT_SET"}]}""", "-32602 http/request header x requires executor environment variable NOT_SET")]
    public async Task Params_that_cannot_be_used_are_refused_and_nothing_is_sent(string members, string refusal)
    {
        await ExpectRefusalAsync("/x", members, refusal);
        Assert.Equal("ok", Body(await AskAsync("/last")));
        Assert.Equal("/last", (await Upstream.NextRequestAsync()).Target);
    }

    [Theory]
    [InlineData("{}", "method")]
    [InlineData("""{"method":"GET"}""", "url")]
    [InlineData("""{"method":"GET","url":"http://x/"}""", "requestId")]
    public async Task Members_that_are_missing_are_named(string parameters, string member) =>
        Assert.Equal(new WireError(ErrorCode.InvalidParams, $"missing field `{member}`"), await Client.ErrorAsync("http/request", JObject.Parse(parameters)));

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://nonexistent.invalid/")]
    [InlineData("https://127.0.0.1:1/path?query")]
    public Task Who_cannot_be_reached_is_named(string url) => ExpectRefusalAsync(url, "{}", $"-32603 http/request failed: error sending request for url ({url})");

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    public async Task An_answer_that_is_none_fails(string answer)
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync(answer);
            exchange.EndConnection();
        };
        await ExpectRefusalAsync("/x", "{}", "-32603 http/request failed: error sending request for url (UPSTREAM/x)");
    }

    [Theory]
    [InlineData("content-length: 2\r\ncontent-length: 3", false)]
    [InlineData("content-length: 3, 2", false)]
    [InlineData("content-length: abc", false)]
    [InlineData("content-length: 2\r\ntransfer-encoding: chunked", true)]
    [Difference("response-framing")]
    public async Task A_response_that_ends_in_two_places_is_none(string head, bool isDifference)
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\n{head}\r\n\r\n2\r\nok\r\n0\r\n\r\n");
            exchange.EndConnection();
        };
        if (!(isDifference && ServerUnderTest.IsReference))
        {
            await ExpectRefusalAsync("/x", "{}", "-32603 http/request failed: error sending request for url (UPSTREAM/x)");
        }
    }

    [Theory]
    [InlineData("content-length: 100\r\n\r\npartial")]
    [InlineData("transfer-encoding: chunked\r\n\r\n7\r\npartial\r\n")]
    [InlineData("transfer-encoding: chunked\r\n\r\nzz\r\npartial\r\n")]
    public async Task A_body_that_is_cut_fails(string answer)
    {
        Serve = async exchange =>
        {
            await exchange.SendAsync($"HTTP/1.1 200 OK\r\n{answer}");
            exchange.EndConnection();
        };
        await ExpectRefusalAsync("/x", "{}", "-32603 failed to read http/request response body: error decoding response body");
    }

    [Fact]
    public async Task The_deadline_of_nothing_has_passed_and_others_hold_to_the_end_of_the_body()
    {
        await ExpectRefusalAsync("/x", """{"timeoutMs":0}""", "-32603 http/request failed: route-aware request timed out");
        Serve = exchange => exchange.PeerClosedAsync();
        await ExpectRefusalAsync("/x", """{"timeoutMs":100}""", "-32603 http/request failed: error sending request for url (UPSTREAM/x)");
        Serve = async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nslow");
            await exchange.PeerClosedAsync();
        };
        await ExpectRefusalAsync("/x", """{"timeoutMs":500}""", "-32603 failed to read http/request response body: error decoding response body");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeTlsAsync(listener, certificate);
        var url = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        await ExpectRefusalAsync(url, "{}", $"-32603 http/request failed: error sending request for url ({url})");
        Assert.False(await Patience.ForAsync(serving, () => "the end of the TLS handshake"), "the request was sent");
    }

    [Fact]
    public async Task Plain_text_where_TLS_was_expected_fails()
    {
        var url = $"https://{Upstream.Authority}/";
        await ExpectRefusalAsync(url, "{}", $"-32603 http/request failed: error sending request for url ({url})");
    }

    [Theory]
    [InlineData("{\"method\":\"GET\",\"url\":\"http://127.0.0.1:1/\",\"requestId\":\"a\"}")]
    public async Task Requests_are_for_those_who_have_shaken_hands(string parameters)
    {
        await using var client = await Fixture.ConnectAsync();
        Compare(await client.RequestAsync("http/request", JObject.Parse(parameters)), "-32600 client must call initialize before using http methods", "before");
        await client.ResultAsync("initialize", new JObject { ["clientName"] = "x" });
        Compare(await client.RequestAsync("http/request", JObject.Parse(parameters)), "-32600 client must send initialized before using http methods", "between");
    }

    /// <summary>Whether a byte of a request came through.</summary>
    private static async Task<bool> ServeTlsAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            return await stream.ReadAsync(new byte[1]) > 0;
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
