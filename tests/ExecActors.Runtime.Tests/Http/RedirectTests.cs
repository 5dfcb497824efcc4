using ExecActors.Protocol;
using ExecActors.Runtime.Http;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Where a redirect leads, and with what. The expected requests are the reference server's unless a row says otherwise.</summary>
public sealed class RedirectTests : HttpTest
{
    private const string Everything =
        "authorization: B|cookie: c|x-a: 1|content-type: t|content-length: 2|content-encoding: e|transfer-encoding: t|content-language: de";

    [Theory]
    [InlineData(301, "POST", "GET", false)]
    [InlineData(302, "POST", "GET", false)]
    [InlineData(303, "POST", "GET", false)]
    [InlineData(303, "PUT", "GET", false)]
    [InlineData(303, "DELETE", "GET", false)]
    [InlineData(303, "HEAD", "HEAD", false)]
    [InlineData(301, "PUT", "PUT", true)]
    [InlineData(302, "DELETE", "DELETE", true)]
    [InlineData(302, "get", "get", true)]
    [InlineData(307, "POST", "POST", true)]
    [InlineData(308, "POST", "POST", true)]
    public void Method_and_body_change_by_status(int status, string method, string next, bool keepsBody)
    {
        var hop = Next(Hop("http://a/x", method, Everything), status, "/y");

        Assert.Equal((next, "http://a/y", keepsBody ? 2 : 0), (hop.Method, hop.Url.ToString(), hop.Body.Length));
        Assert.Equal(
            keepsBody
                ? $"{Everything}|referer: http://a/x"
                : "authorization: B|cookie: c|x-a: 1|content-language: de|referer: http://a/x",
            Shown(hop));
    }

    [Theory]
    [InlineData("http://a/x", "http://a:80/y", true)]
    [InlineData("http://a/x", "//A/y", true)]
    [InlineData("http://a/x", "http://b/y", false)]
    [InlineData("http://a/x", "http://sub.a/y", false)]
    [InlineData("http://a/x", "http://a:81/y", false)]
    [InlineData("http://a/x", "https://a/y", false)]
    [InlineData("https://a/x", "http://a:443/y", true)]
    [InlineData("https://a/x", "https://a:444/y", false)]
    public void Credentials_and_host_are_for_one_host_and_port(string from, string location, bool keeps)
    {
        const string Credentials = "authorization: 1|cookie: 2|cookie2: 3|proxy-authorization: 4|www-authenticate: 5|host: h";
        var hop = Next(Hop(from, "GET", $"{Credentials}|x-api-key: k"), 302, location);

        Assert.Equal(keeps ? $"{Credentials}|x-api-key: k" : "x-api-key: k", Shown(WithoutReferer(hop)));
    }

    [Theory]
    [InlineData("http://a/x", "http://A:80/y", true)]
    [InlineData("http://a/x", "http://b/y", false)]
    [InlineData("http://a/x", "http://sub.a/y", false)]
    [InlineData("http://a/x", "http://a:81/y", false)]
    [InlineData("http://a/x", "https://a/y", false)]
    [InlineData("http://a/x", "https://a:80/y", false)]
    [InlineData("https://a/x", "http://a:443/y", false)]
    [InlineData("https://a/x", "http://a/y", false)]
    public void What_was_made_of_a_variable_is_for_one_origin(string from, string location, bool keeps)
    {
        var hop = Hop(from, "GET", "x-api-key: k|authorization: b|x-a: 1|x-api-key: l") with { SecretNames = ["x-api-key", "authorization"] };

        var next = Next(hop, 307, location);
        Assert.Equal(keeps ? "x-api-key: k|authorization: b|x-a: 1|x-api-key: l" : "x-a: 1", Shown(WithoutReferer(next)));

        var back = Next(next, 307, from); // what was dropped stays dropped
        Assert.Equal(keeps ? "x-api-key: k|authorization: b|x-a: 1|x-api-key: l" : "x-a: 1", Shown(WithoutReferer(back)));
    }

    [Theory]
    [InlineData("http://u:p@a/x?q#f", "/y", "http://a/x?q")]
    [InlineData("http://a/x?q", "http://b/", "http://a/")]
    [InlineData("http://a/x", "https://a/", "http://a/")]
    [InlineData("https://a/x", "https://a/y", "https://a/x")]
    [InlineData("https://a/x", "https://b/y", "https://a/")]
    [InlineData("https://a/x", "http://a:443/", null)]
    public void The_referer_tells_other_origins_only_where_it_came_from_and_plain_ones_nothing(string from, string location, string? referer)
    {
        foreach (var given in new[] { "", "x: 1|referer: http://mine/|y: 2" })
        {
            var hop = Next(Hop(from, "GET", given), 302, location);
            var expected = given.Length == 0 ? (referer is null ? "" : $"referer: {referer}") : $"x: 1|{(referer is null ? "" : $"referer: {referer}|")}y: 2";
            Assert.Equal(expected, Shown(hop));
        }
    }

    [Theory]
    [InlineData(300, "/y")]
    [InlineData(304, "/y")]
    [InlineData(305, "/y")]
    [InlineData(306, "/y")]
    [InlineData(200, "/y")]
    [InlineData(302, null)]
    [InlineData(302, "http://[x/")]
    [InlineData(302, "http:///")]
    [InlineData(302, "//a b/")]
    public void Other_responses_are_the_result(int status, string? location)
    {
        Assert.Null(Hop("http://a/x", "GET").Redirect(status, location, out var next));
        Assert.Null(next);
    }

    [Theory]
    [InlineData("ftp://x/", "ftp")]
    [InlineData("JavaScript:alert(1)", "javascript")]
    public void Another_scheme_is_an_error(string location, string scheme)
    {
        Assert.Equal(Errors.HttpRedirectScheme(scheme), Hop("http://a/x", "GET").Redirect(302, location, out var next));
        Assert.Null(next);
    }

    [Theory]
    [InlineData("", "http://a/d/x?q")]
    [InlineData("?z", "http://a/d/x?z")]
    [InlineData("#z", "http://a/d/x?q#z")]
    [InlineData("y", "http://a/d/y")]
    [InlineData("../y?r", "http://a/y?r")]
    [InlineData("/a b", "http://a/a%20b")]
    [InlineData("http:y", "http://a/d/y")]
    [InlineData("https:b", "https://b/")]
    [InlineData("//u:p@b:81/y", "http://b:81/y")]
    [InlineData(@"\\b\y", "http://b/y")]
    [InlineData("/\u00c3\u00bc", "http://a/%C3%BC")] // UTF-8 in a header, which is read as Latin-1
    public void A_location_is_seen_from_the_URL(string location, string expected)
    {
        var hop = Next(Hop("http://a/d/x?q#f", "GET"), 302, location);

        Assert.Equal(expected, hop.Url.ToString());
        Assert.DoesNotContain("authorization", Shown(hop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_redirects_are_followed_on_one_connection_and_one_more_is_an_error()
    {
        Server.Serve(request =>
        {
            var number = int.Parse(request.Split(' ')[1][1..], System.Globalization.CultureInfo.InvariantCulture);
            return number == 0 ? "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nend" : $"HTTP/1.1 302 Found\r\nlocation: /{number - 1}\r\ncontent-length: 4\r\n\r\nmove";
        });
        var http = Converse();

        http.Send(1, Server.Url("/10"));
        Assert.Equal("end", await http.BodyAsync(1));
        Assert.Equal(Error(2, -32603, "http/request failed: too many redirects"), await http.AskAsync(2, Server.Url("/11")));
        Assert.Equal(1, Server.Accepted);
    }

    [Fact]
    public async Task A_redirect_that_is_not_followed_is_the_result()
    {
        Server.Serve(_ => "HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 5\r\n\r\nmoved");
        var http = Converse();

        Assert.Equal(
            """{"id":1,"result":{"status":302,"headers":[{"name":"location","value":"/y"},{"name":"content-length","value":"5"}],"bodyBase64":"bW92ZWQ="}}""",
            await http.AskAsync(1, Server.Url(), ",\"redirectPolicy\":\"stop\""));
    }

    [Fact]
    public async Task A_hop_that_fails_is_named_in_the_error()
    {
        Server.Serve(_ => "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/zz?a\r\ncontent-length: 0\r\n\r\n");
        var http = Converse();

        Assert.Equal(SendFailed(1, "http://127.0.0.1:1/zz?a"), await http.AskAsync(1, Server.Url()));
    }

    [Fact]
    public async Task A_body_is_sent_again_where_it_is_kept()
    {
        var requests = new List<string>();
        Server.Serve(request =>
        {
            requests.Add(request);
            return requests.Count == 1 ? "HTTP/1.1 307 X\r\nlocation: /to\r\ncontent-length: 0\r\n\r\n" : "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        });
        var http = Converse();
        await http.AskAsync(1, Server.Url("/from"), ",\"bodyBase64\":\"eHk=\"", "POST");

        Assert.Equal(
            $"POST /to HTTP/1.1\r\nreferer: {Server.Url("/from")}\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: 127.0.0.1:{Server.Port}\r\ncontent-length: 2\r\n\r\nxy",
            requests[1]);
    }

    private static HttpHop Hop(string url, string method, string headers = "")
    {
        var lines = headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")).Select(parts => new HttpHeaderLine(parts[0], parts[1]));
        Assert.True(HttpUrl.TryParse(url, out var parsed, out var error), error.Message);
        return new HttpHop(method, parsed, [.. lines], "xy"u8.ToArray());
    }

    private static HttpHop Next(HttpHop hop, int status, string location)
    {
        Assert.Null(hop.Redirect(status, location, out var next));
        return next!;
    }

    private static HttpHop WithoutReferer(HttpHop hop) => hop with { Headers = [.. hop.Headers.Where(header => header.Name is not "referer")] };

    private static string Shown(HttpHop hop) => string.Join('|', hop.Headers.Select(header => $"{header.Name}: {header.Value}"));
}
