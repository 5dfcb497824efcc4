using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExecActors.Integration.Tests.Docs;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>The capability token, row by row of docs/PROTOCOL.md.</summary>
public sealed class CapabilityTokenTests(CapabilityTokenTests.TokenFixture fixture) : IClassFixture<CapabilityTokenTests.TokenFixture>
{
    public static TheoryData<string, int, string> Rows
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (var row in ProtocolDocument.Instance.Table("Authorization", "status", "body").Rows)
            {
                data.Add(row[0], int.Parse(row[1], CultureInfo.InvariantCulture), row.Count > 2 ? row[2] : "");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    [Difference("www-authenticate")]
    public async Task An_upgrade_is_let_in_or_told_why_not(string authorization, int status, string body)
    {
        var headers = new Dictionary<string, string>(RawHttp.UpgradeHeaders);
        if (authorization != "none")
        {
            headers["Authorization"] = authorization;
        }

        var answer = await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/", headers);
        Assert.Equal((status, body), (answer.Status, answer.Body));
        Assert.Equal(status == 401 ? "Bearer" : null, answer["www-authenticate"]);
    }

    [Fact]
    public async Task Only_the_header_counts()
    {
        var headers = new Dictionary<string, string>(RawHttp.UpgradeHeaders) { ["Sec-WebSocket-Protocol"] = "example-token" };
        Assert.Equal(401, (await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/?token=example-token", headers)).Status);
    }

    [Fact]
    public async Task Readiness_needs_no_token_and_an_origin_is_refused_before_one_is_looked_at()
    {
        Assert.Equal(200, (await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/readyz")).Status);
        var headers = new Dictionary<string, string>(RawHttp.UpgradeHeaders) { ["Authorization"] = "Bearer wrong", ["Origin"] = "" };
        Assert.Equal(403, (await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/", headers)).Status);
    }

    /// <summary>A server with the token <c>example-token</c>. The leak check's own connections need it, too, so it is not run here.</summary>
    public sealed class TokenFixture : IAsyncLifetime
    {
        private ServerProcess? _server;

        /// <summary>The server.</summary>
        public ServerProcess Server => _server!;

        /// <inheritdoc/>
        public async Task InitializeAsync() => _server = await ServerProcess.StartAsync(
            ["--ws-auth", "capability-token", "--ws-token-sha256", Convert.ToHexString(SHA256.HashData("example-token"u8))]);

        /// <inheritdoc/>
        public async Task DisposeAsync()
        {
            await using var server = Server;
            await server.StopAsync();
        }
    }
}

/// <summary>Signed tokens, made here byte by byte.</summary>
public sealed class SignedTokenTests(SignedTokenTests.SecretFixture fixture) : IClassFixture<SignedTokenTests.SecretFixture>
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Hs256 = """{"alg":"HS256","typ":"JWT"}""";

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    public static TheoryData<string, string, string> Refused => new()
    {
        { Hs256, """{"iss":"us","aud":"exec"}""", "invalid websocket jwt" },
        { Hs256, """{"exp":"EXP","iss":"us","aud":"exec"}""", "invalid websocket jwt" },
        { Hs256, """{"exp":EXP.5,"iss":"us","aud":"exec"}""", "invalid websocket jwt" },
        { """{"alg":"none"}""", """{"exp":EXP,"iss":"us","aud":"exec"}""", "invalid websocket jwt" },
        { """{"alg":"HS512"}""", """{"exp":EXP,"iss":"us","aud":"exec"}""", "invalid websocket jwt" },
        { Hs256, """{"exp":1,"iss":"us","aud":"exec"}""", "expired websocket jwt" },
        { Hs256, """{"exp":EXP,"nbf":EXP,"iss":"us","aud":"exec"}""", "websocket jwt is not valid yet" },
        { Hs256, """{"exp":EXP,"aud":"exec"}""", "websocket jwt issuer mismatch" },
        { Hs256, """{"exp":EXP,"iss":"them","aud":"exec"}""", "websocket jwt issuer mismatch" },
        { Hs256, """{"exp":EXP,"iss":"us"}""", "websocket jwt audience mismatch" },
        { Hs256, """{"exp":EXP,"iss":"us","aud":["other"]}""", "websocket jwt audience mismatch" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_token_that_does_not_hold_is_told_why(string header, string claims, string body)
    {
        var answer = await UpgradeAsync(Sign(header, claims, Secret));
        Assert.Equal((401, body), (answer.Status, answer.Body));
    }

    [Theory]
    [Difference("jwt-extensions")]
    [InlineData("""{"alg":"HS256","crit":["x"],"x":1}""", """{"exp":EXP,"iss":"us","aud":"exec"}""")]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", """{"exp":EXP,"iss":"us","aud":"exec"}""")]
    [InlineData(Hs256, """{"exp":EXP,"iss":"us","aud":"exec","sub":"a","sub":"b"}""")]
    public async Task A_token_that_asks_for_more_than_is_understood_or_can_be_read_in_two_ways_is_refused(string header, string claims)
    {
        if (!ServerUnderTest.IsReference)
        {
            var answer = await UpgradeAsync(Sign(header, claims, Secret));
            Assert.Equal((401, "invalid websocket jwt"), (answer.Status, answer.Body));
        }
    }

    [Theory]
    [InlineData("""{"exp":EXP,"iss":"us","aud":"exec"}""")]
    [InlineData("""{"exp":EXP,"nbf":1,"iat":"whenever","iss":"us","aud":["other","exec"],"more":{}}""")]
    public async Task A_token_that_holds_is_let_in(string claims) => Assert.Equal(101, (await UpgradeAsync(Sign(Hs256, claims, Secret))).Status);

    [Fact]
    public async Task Another_secret_is_not_ours() =>
        Assert.Equal("invalid websocket jwt", (await UpgradeAsync(Sign(Hs256, """{"exp":EXP,"iss":"us","aud":"exec"}""", Secret + "x"))).Body);

    [Fact]
    public async Task The_skew_is_allowed()
    {
        var claims = string.Create(CultureInfo.InvariantCulture, $$"""{"exp":{{Now - 20}},"nbf":{{Now + 20}},"iss":"us","aud":"exec"}""");
        Assert.Equal(101, (await UpgradeAsync(Sign(Hs256, claims, Secret))).Status);
    }

    private Task<HttpAnswer> UpgradeAsync(string token) => RawHttp.SendAsync(
        fixture.Server.Endpoint, "GET", "/", new Dictionary<string, string>(RawHttp.UpgradeHeaders) { ["Authorization"] = "Bearer " + token });

    private static string Sign(string header, string claims, string secret)
    {
        var later = (Now + 3600).ToString(CultureInfo.InvariantCulture);
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims.Replace("EXP", later, StringComparison.Ordinal)))}";
        return $"{text}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)))}";
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>A server that knows the secret, with an issuer and an audience.</summary>
    public sealed class SecretFixture : IAsyncLifetime
    {
        private readonly string _file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.secret");
        private ServerProcess? _server;

        /// <summary>The server.</summary>
        public ServerProcess Server => _server!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            await File.WriteAllTextAsync(_file, Secret + "\n");
            _server = await ServerProcess.StartAsync(
                ["--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", _file, "--ws-issuer", "us", "--ws-audience", "exec"]);
        }

        /// <inheritdoc/>
        public async Task DisposeAsync()
        {
            await using var server = Server;
            await server.StopAsync();
            File.Delete(_file);
        }
    }
}
