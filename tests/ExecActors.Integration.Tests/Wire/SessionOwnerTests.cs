using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>Whose a session is, by the signed token of the connection that opened it.</summary>
[Difference("session-owner")]
public sealed class SessionOwnerTests(SessionOwnerTests.SecretFixture fixture) : IClassFixture<SessionOwnerTests.SecretFixture>
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static long Later => Now + 3600;

    [Theory]
    [InlineData("\"iss\":\"us\",\"sub\":\"b\"")]
    [InlineData("\"iss\":\"them\",\"sub\":\"a\"")]
    [InlineData("\"iss\":\"us\"")]
    [InlineData("\"iss\":\"us\",\"sub\":null")]
    [InlineData("\"iss\":\"us\",\"sub\":[\"a\"]")]
    [InlineData("\"sub\":\"a\"")]
    public async Task Another_subject_does_not_find_it(string claims)
    {
        await using var owner = await ConnectAsync("\"iss\":\"us\",\"sub\":\"a\"", Later);
        await owner.InitializeAsync();
        await using var other = await ConnectAsync(claims, Later);
        foreach (var takeover in new[] { false, true })
        {
            Assert.Equal(
                new WireError(ErrorCode.InvalidRequest, $"unknown session id {owner.SessionId}"),
                await other.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = owner.SessionId, ["takeover"] = takeover }));
        }

        Assert.Equal("ready", (string?)(await owner.ResultAsync("environment/status"))["status"]);
        await other.InitializeAsync();
        Assert.NotEqual(owner.SessionId, other.SessionId);
    }

    [Fact]
    public async Task A_connection_ends_with_its_token_and_a_fresh_one_of_the_subject_finds_the_session()
    {
        await using var first = await ConnectAsync("\"sub\":\"a\"", Now + 1);
        await first.InitializeAsync();
        await first.StartAsync(WireClient.StartParams("p", "/bin/cat"));
        var ending = await first.EndingAsync();
        Assert.Equal(new Ending(1008, "token expired: connect with a fresh one and resume the session"), ending);

        await using var again = await ConnectAsync("\"sub\":\"a\"", Later);
        await again.InitializeAsync(first.SessionId);
        Assert.Equal(first.SessionId, again.SessionId);
        await again.TerminateAsync("p");
    }

    private Task<WireClient> ConnectAsync(string claims, long expires)
    {
        var payload = string.Create(CultureInfo.InvariantCulture, $"{{\"exp\":{expires},{claims}}}");
        var text = $"{Encode("""{"alg":"HS256"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        var token = $"{text}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)))}";
        return WireClient.ConnectAsync(fixture.Server, new Dictionary<string, string> { ["Authorization"] = "Bearer " + token });
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>A server that knows the secret, takes tokens of any issuer and allows for no skew.</summary>
    public sealed class SecretFixture : IAsyncLifetime
    {
        private readonly string _file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.secret");
        private ServerProcess? _server;

        /// <summary>The server.</summary>
        public ServerProcess Server => _server!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            await File.WriteAllTextAsync(_file, Secret);
            _server = await ServerProcess.StartAsync(
                ["--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", _file, "--ws-max-clock-skew-seconds", "0"]);
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
