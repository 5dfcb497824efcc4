using System.Security.Cryptography;
using System.Text;
using ExecActors.Hosting.Tests.Support;

namespace ExecActors.Hosting.Tests.Authentication;

public sealed class CapabilityTokenTests : IAsyncLifetime
{
    private const string Missing = "missing websocket bearer token";
    private const string Malformed = "invalid authorization header";
    private const string Wrong = "invalid websocket bearer token";

    private static readonly string Digest = Convert.ToHexString(SHA256.HashData("s3cret"u8));

    private ServerRun _server = null!;

    public async Task InitializeAsync() =>
        _server = await ServerRun.ServeAsync("--ws-auth", "capability-token", "--ws-token-sha256", Digest);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", Missing)]
    [InlineData("Sec-WebSocket-Protocol: s3cret\r\n", Missing)]
    [InlineData("Authorization:\r\n", Malformed)]
    [InlineData("Authorization: Bearer\r\n", Malformed)]
    [InlineData("Authorization: Bearer \r\n", Malformed)]
    [InlineData("Authorization: Bearers3cret\r\n", Malformed)]
    [InlineData("Authorization: Bearer: s3cret\r\n", Malformed)]
    [InlineData("Authorization: Bearer\ts3cret\r\n", Malformed)]
    [InlineData("Authorization: Basic s3cret\r\n", Malformed)]
    [InlineData("Authorization: s3cret\r\n", Malformed)]
    [InlineData("Authorization: Bearer nope\r\n", Wrong)]
    [InlineData("Authorization: Bearer S3CRET\r\n", Wrong)]
    [InlineData("Authorization: Bearer s3cret2\r\n", Wrong)]
    [InlineData("Authorization: Bearer s3 cret\r\n", Wrong)]
    [InlineData("Authorization: Bearer s3cret, Bearer x\r\n", Wrong)]
    [InlineData("Authorization: Bearer x\r\nAuthorization: Bearer s3cret\r\n", Wrong)]
    public async Task Anything_but_the_token_is_refused_with_the_text_for_it(string headers, string body)
    {
        using var client = await _server.ConnectAsync();

        var answer = await client.RequestAsync("GET /", headers + WireClient.UpgradeHeaders);

        Assert.Equal((401, body), (answer.Status, answer.Body));
        Assert.Equal("text/plain; charset=utf-8", answer.Header("content-type"));
        Assert.Equal("Bearer", answer.Header("www-authenticate"));
    }

    [Theory]
    [InlineData("Authorization: Bearer s3cret\r\n")]
    [InlineData("authorization: bearer s3cret\r\n")]
    [InlineData("Authorization: BEARER    s3cret   \r\n")]
    [InlineData("Authorization: Bearer \ts3cret\r\n")]
    [InlineData("Authorization: Bearer s3cret\r\nAuthorization: Bearer x\r\n")]
    public async Task The_token_opens_the_connection(string headers)
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal(101, (await client.RequestAsync("GET /", headers + WireClient.UpgradeHeaders)).Status);
    }

    [Theory]
    [InlineData("GET /?token=s3cret", WireClient.UpgradeHeaders, 401)]
    [InlineData("GET /readyz", "", 200)]
    [InlineData("GET /nowhere", "", 404)]
    [InlineData("GET /", "", 400)]
    [InlineData("POST /", "Content-Length: 0\r\n", 405)]
    [InlineData("GET /", "Origin: null\r\n" + WireClient.UpgradeHeaders, 403)]
    [InlineData("GET /", "Host: example.test\r\n" + WireClient.UpgradeHeaders, 403)]
    public async Task Only_an_upgrade_that_is_right_otherwise_is_asked_for_the_token(string request, string headers, int status)
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal(status, (await client.RequestAsync(request, headers)).Status);
    }

    [Fact]
    public async Task A_refused_caller_may_try_again_on_the_same_connection()
    {
        using var client = await _server.ConnectAsync();

        Assert.Equal(401, (await client.RequestAsync("GET /", WireClient.UpgradeHeaders)).Status);
        Assert.Equal(101, (await client.RequestAsync("GET /", "Authorization: Bearer s3cret\r\n" + WireClient.UpgradeHeaders)).Status);
    }

    [Fact]
    public async Task A_token_from_a_file_is_trimmed_and_read_once()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(path, " \n from a file \r\n");
        await using var server = await ServerRun.ServeAsync("--ws-auth", "capability-token", "--ws-token-file", path);
        await File.WriteAllTextAsync(path, "another");
        using var client = await server.ConnectAsync();

        Assert.Equal(401, (await client.RequestAsync("GET /", "Authorization: Bearer another\r\n" + WireClient.UpgradeHeaders)).Status);
        Assert.Equal(101, (await client.RequestAsync("GET /", "Authorization: Bearer from a file\r\n" + WireClient.UpgradeHeaders)).Status);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("iso-8859-1")]
    public async Task A_header_of_other_characters_is_malformed(string encoding)
    {
        using var client = await _server.ConnectAsync();

        await client.SendAsync(Encoding.GetEncoding(encoding).GetBytes($"GET / HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Bearer s3crèt\r\n{WireClient.UpgradeHeaders}\r\n"));

        Assert.Equal((401, Malformed), await client.ReadAnswerAsync() is var answer ? (answer.Status, answer.Body) : default);
    }

    [Fact]
    public async Task Without_authentication_the_header_is_ignored()
    {
        await using var server = await ServerRun.ServeAsync();
        using var client = await server.ConnectAsync();

        Assert.Equal(101, (await client.RequestAsync("GET /", "Authorization: Basic zzz\r\n" + WireClient.UpgradeHeaders)).Status);
    }

    [Fact]
    public async Task No_token_gets_into_the_log()
    {
        var server = await ServerRun.ServeAsync("--ws-auth", "capability-token", "--ws-token-sha256", Digest, "--log-level", "trace");
        await using (server)
        {
            using var client = await server.ConnectAsync();
            await client.RequestAsync("GET /", "Authorization: Bearer hunter2\r\n" + WireClient.UpgradeHeaders);
        }

        Assert.Contains(Wrong, server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", server.Log, StringComparison.Ordinal);
    }
}
