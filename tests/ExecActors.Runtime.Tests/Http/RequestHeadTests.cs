namespace ExecActors.Runtime.Tests.Http;

/// <summary>What really goes out on the socket. The expected bytes are the reference server's.</summary>
public sealed class RequestHeadTests : HttpTest
{
    [Theory]
    [InlineData("GET", "/a?b", "", "GET /a?b HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("GET", "", "", "GET / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("get", "/", "", "get / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("POST", "/", "", "POST / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("DELETE", "/", ",\"bodyBase64\":\"\"", "DELETE / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("X!#$%&'*+-.^_`|~1", "/", "", "X!#$%&'*+-.^_`|~1 / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("POST", "/", ",\"bodyBase64\":\"eHk=\"", "POST / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST\r\ncontent-length: 2\r\n\r\nxy")]
    [InlineData("GET", "/", ",\"bodyBase64\":\"eHk=\"", "GET / HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST\r\ncontent-length: 2\r\n\r\nxy")]
    [InlineData("GET", "/a/../b/%2e%2e/c d/ü%7e\\\"<>`{}|^?q=a b\\\"<>'ü#x", "", "GET /c%20d/%C3%BC%7e%22%3C%3E%60%7B%7D|^?q=a%20b%22%3C%3E%27%C3%BC HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    public async Task Method_path_and_body_go_out_as_they_were_given(string method, string path, string more, string expected)
    {
        var http = Converse();
        http.Send(1, Server.Url(path), more, method);

        Assert.Equal(expected.Replace("HOST", $"127.0.0.1:{Server.Port}", StringComparison.Ordinal), await RequestAsync());
        Assert.Equal("ok", await http.BodyAsync(1));
    }

    [Theory]
    [InlineData("""{"name":"X-A","value":"1"},{"name":"x-a","value":"2"},{"name":"Host","value":"other"},{"name":"User-Agent","value":"ua"}""", "x-a: 1\r\nx-a: 2\r\nhost: other\r\nuser-agent: ua\r\naccept: */*\r\naccept-encoding: zstd,gzip")]
    [InlineData("""{"name":"X-A","value":"1"},{"name":"X-B","value":"2"},{"name":"x-a","value":"3"}""", "x-a: 1\r\nx-b: 2\r\nx-a: 3\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("""{"name":"ACCEPT","value":"text/html"},{"name":"Accept-Encoding","value":"gzip"},{"name":"Cookie","value":"a=1"}""", "accept: text/html\r\naccept-encoding: gzip\r\ncookie: a=1\r\nhost: HOST")]
    [InlineData("""{"name":"x","value":""},{"name":"y","value":"  a  "},{"name":"z","value":"a\tb"}""", "x: \r\ny:   a  \r\nz: a\tb\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("""{"name":"x-u","value":"caf\u00e9"}""", "x-u: cafÃ©\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("""{"name":"Connection","value":"close"},{"name":"Expect","value":"100-continue"},{"name":"TE","value":"trailers"}""", "connection: close\r\nexpect: 100-continue\r\nte: trailers\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("""{"name":"content-type","value":"text/plain; charset=utf-8"},{"name":"content-language","value":"de"}""", "content-type: text/plain; charset=utf-8\r\ncontent-language: de\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST")]
    [InlineData("""{"name":"content-length","value":"5"},{"name":"transfer-encoding","value":"chunked"}""", "accept: */*\r\naccept-encoding: zstd,gzip\r\nhost: HOST\r\ncontent-length: 0\r\n\r\n")] // a difference: never another length than the body's
    public async Task Headers_keep_order_and_repetition_and_are_in_lower_case(string headers, string expected)
    {
        var http = Converse();
        http.Send(1, Server.Url(), $",\"headers\":[{headers}]");

        var lines = expected.Replace("HOST", $"127.0.0.1:{Server.Port}", StringComparison.Ordinal);
        Assert.Equal($"GET / HTTP/1.1\r\n{lines}", await RequestAsync());
        await http.ResultAsync(1);
    }

    [Fact]
    public async Task A_variable_of_the_server_completes_a_value()
    {
        var http = Converse(new Dictionary<string, string>(StringComparer.Ordinal) { ["TOKEN"] = "s3cret" });
        http.Send(1, Server.Url(), ""","headers":[{"name":"authorization","value":"Bearer ","valueEnvVar":"TOKEN"}]""");

        Assert.Contains("\r\nauthorization: Bearer s3cret\r\n", await RequestAsync(), StringComparison.Ordinal);
        await http.ResultAsync(1);
    }

    [Theory]
    [InlineData("us%20er:p:w@", "", "authorization: Basic dXMgZXI6cDp3")]
    [InlineData("user@", "", "authorization: Basic dXNlcjo=")]
    [InlineData("user:pw@", ",\"headers\":[{\"name\":\"authorization\",\"value\":\"Bearer x\"}]", "authorization: Bearer x")]
    public async Task User_and_password_of_the_URL_become_a_header_unless_there_is_one(string userInfo, string more, string expected)
    {
        var http = Converse();
        http.Send(1, $"http://{userInfo}127.0.0.1:{Server.Port}/", more);

        Assert.Equal($"GET / HTTP/1.1\r\n{expected}\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: 127.0.0.1:{Server.Port}", await RequestAsync());
        await http.ResultAsync(1);
    }

    [Fact]
    public async Task One_connection_serves_request_after_request()
    {
        var requests = new List<string>();
        Server.Serve(request =>
        {
            requests.Add(request);
            return "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        });
        var http = Converse();
        var body = new string('x', 100_000);

        for (var id = 1; id <= 6; id++)
        {
            Assert.Contains("\"bodyBase64\":\"b2s=\"", await http.AskAsync(id, Server.Url($"/{id}"), id % 2 == 0 ? $",\"bodyBase64\":\"{HttpConversation.Base64(body)}\"" : "", "PUT"), StringComparison.Ordinal);
        }

        Assert.Equal(1, Server.Accepted);
        Assert.Equal(
            Enumerable.Range(1, 6).Select(id => $"PUT /{id} HTTP/1.1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: 127.0.0.1:{Server.Port}{(id % 2 == 0 ? $"\r\ncontent-length: 100000\r\n\r\n{body}" : "")}"),
            requests,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_long_head_goes_out_whole()
    {
        var http = Converse();
        var value = new string('v', 20_000);
        http.Send(1, Server.Url(), $$""","headers":[{"name":"x-long","value":"{{value}}"},{"name":"x-end","value":"1"}],"bodyBase64":"eHk=" """, "POST");

        Assert.Equal($"POST / HTTP/1.1\r\nx-long: {value}\r\nx-end: 1\r\naccept: */*\r\naccept-encoding: zstd,gzip\r\nhost: 127.0.0.1:{Server.Port}\r\ncontent-length: 2\r\n\r\nxy", await RequestAsync());
        await http.ResultAsync(1);
    }

    private async Task<string> RequestAsync()
    {
        var connection = await Server.AcceptAsync();
        var request = await connection.RequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        return request;
    }
}
