using System.Globalization;
using System.Text;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExecActors.Hosting.Tests.Authentication;

public sealed class SignedBearerTests
{
    private const long Now = 1_800_000_000;
    private const string Invalid = "invalid websocket jwt";
    private const string Expired = "expired websocket jwt";
    private const string NotYet = "websocket jwt is not valid yet";
    private const string Issuer = "websocket jwt issuer mismatch";
    private const string Audience = "websocket jwt audience mismatch";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(Now));

    [Theory]
    [InlineData("""{"exp":1800000060}""", null)]
    [InlineData(""" {"exp" : 1800000060 } """, null)]
    [InlineData("""{"exp":9223372036854775807}""", null)]
    [InlineData("""{"exp":1799999970}""", null)] // the very edge of the skew
    [InlineData("""{"exp":1799999969}""", Expired)]
    [InlineData("""{"exp":0}""", Expired)]
    [InlineData("""{"exp":-5}""", Expired)]
    [InlineData("""{"exp":-9223372036854775808}""", Expired)]
    [InlineData("{}", Invalid)]
    [InlineData("""{"exp":null}""", Invalid)]
    [InlineData("""{"exp":"1800000060"}""", Invalid)]
    [InlineData("""{"exp":1800000060.5}""", Invalid)]
    [InlineData("""{"exp":1800000060.0}""", Invalid)]
    [InlineData("""{"exp":2e9}""", Invalid)]
    [InlineData("""{"exp":true}""", Invalid)]
    [InlineData("""{"exp":[1800000060]}""", Invalid)]
    [InlineData("""{"exp":18446744073709551615}""", Invalid)]
    [InlineData("""{"exp":1800000060,"exp":1800000061}""", Invalid)]
    [InlineData("""{"exp":1800000060,"\u0065xp":1800000061}""", Invalid)]
    [InlineData("""{"exp":1800000060,"exp":null}""", Invalid)]
    [InlineData("""{"exp":1800000060,"sub":"a","sub":"b"}""", Invalid)]
    [InlineData("""{"exp":1800000060,"iat":1,"iat":1}""", Invalid)]
    [InlineData("""{"exp":1800000060,"jti":"a","jti":"b"}""", Invalid)]
    [InlineData("""{"exp":1800000060,"nbf":1,"nbf":1}""", Invalid)]
    [InlineData("""{"exp":1800000060,"iss":"a","iss":"b"}""", Invalid)]
    [InlineData("""{"exp":1800000060,"aud":"a","aud":"b"}""", Invalid)]
    [InlineData("""{"exp":1800000060,"x":1,"x":2}""", null)]
    [InlineData("""{"exp":NaN}""", Invalid)]
    [InlineData("""{"exp":Infinity}""", Invalid)]
    [InlineData("""{"exp":01800000060}""", Invalid)]
    [InlineData("""{"EXP":1800000060}""", Invalid)]
    [InlineData("""{"exp":1800000060,}""", Invalid)]
    [InlineData("""{"exp":1800000060}{}""", Invalid)]
    [InlineData("""{"exp":1800000060/**/}""", Invalid)]
    [InlineData("""{"exp":1800000060,"nbf":1800000030}""", null)]
    [InlineData("""{"exp":1800000060,"nbf":1800000031}""", NotYet)]
    [InlineData("""{"exp":1800000060,"nbf":9223372036854775807}""", NotYet)]
    [InlineData("""{"exp":1800000060,"nbf":-1}""", null)]
    [InlineData("""{"exp":1800000060,"nbf":null}""", null)]
    [InlineData("""{"exp":1800000060,"nbf":"1"}""", Invalid)]
    [InlineData("""{"exp":1800000060,"nbf":1.5}""", Invalid)]
    [InlineData("""{"exp":1,"nbf":1800000090}""", Expired)]
    [InlineData("""{"exp":1800000060,"iat":1900000000}""", null)]
    [InlineData("""{"exp":1800000060,"iat":"yesterday"}""", null)]
    [InlineData("""{"exp":1800000060,"sub":5,"jti":6}""", null)]
    [InlineData("""{"exp":1800000060,"iss":"anyone","aud":"anything"}""", null)]
    [InlineData("""{"exp":1800000060,"iss":5}""", Invalid)]
    [InlineData("""{"exp":1800000060,"iss":["me"]}""", Invalid)]
    [InlineData("""{"exp":1800000060,"aud":5}""", Invalid)]
    [InlineData("""{"exp":1800000060,"aud":["you",5]}""", Invalid)]
    [InlineData("""[1]""", Invalid)]
    [InlineData("""{"exp":1800000060}x""", Invalid)]
    [InlineData("", Invalid)]
    public void Claims_are_judged(string payload, string? refusal) =>
        AssertChecked(refusal, WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret)), Jwt.Make(payload));

    [Theory]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":"you"}""", null)]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":["a","you"]}""", null)]
    [InlineData("""{"exp":1800000060,"iss":"ME","aud":"you"}""", Issuer)]
    [InlineData("""{"exp":1800000060,"iss":null,"aud":"you"}""", Issuer)]
    [InlineData("""{"exp":1800000060,"aud":"you"}""", Issuer)]
    [InlineData("""{"exp":1800000060,"iss":"x","aud":"x"}""", Issuer)]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":"You"}""", Audience)]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":["a"]}""", Audience)]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":[]}""", Audience)]
    [InlineData("""{"exp":1800000060,"iss":"me","aud":null}""", Audience)]
    [InlineData("""{"exp":1800000060,"iss":"me"}""", Audience)]
    [InlineData("""{"exp":1,"iss":"x"}""", Expired)]
    [InlineData("""{"exp":1800000060,"nbf":1800000090,"iss":"x"}""", NotYet)]
    public void Issuer_and_audience_are_compared_when_they_are_set(string payload, string? refusal) => AssertChecked(
        refusal, WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret), "me", "you"), Jwt.Make(payload));

    [Theory]
    [InlineData("""{"alg":"HS256"}""", null)]
    [InlineData("""{"alg":"HS256","typ":"at+jwt"}""", null)]
    [InlineData("""{"alg":"HS256","kid":"z"}""", null)]
    [InlineData("""{"alg":"none","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"HS384","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"hs256","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"HS256","typ":5}""", Invalid)]
    [InlineData("""{"alg":"HS256","kid":5}""", Invalid)]
    [InlineData("""{"alg":"HS256","x5t":5,"x":null}""", null)]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""", Invalid)]
    [InlineData("""{"alg":"none","alg":"HS256"}""", Invalid)]
    [InlineData("""{"alg":"HS256","alg":"none"}""", Invalid)]
    [InlineData("""{"alg":"none","\u0061lg":"HS256"}""", Invalid)]
    [InlineData("""{"alg":"HS256","typ":"JWT","typ":"JWT"}""", Invalid)]
    [InlineData("""{"alg":"HS256","x":1,"x":1}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":["x"]}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":["b64"],"b64":true}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":[]}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":null}""", Invalid)]
    [InlineData("""{"alg":"HS256","crit":"x"}""", Invalid)]
    [InlineData("""{"alg":"HS256","\u0063rit":["x"]}""", Invalid)]
    [InlineData("""{"alg":"HS256","b64":false}""", Invalid)]
    [InlineData("""{"alg":"HS256","zip":"DEF"}""", Invalid)]
    [InlineData("""{"alg":["HS256"]}""", Invalid)]
    [InlineData("""{"alg":null}""", Invalid)]
    [InlineData("""{"ALG":"HS256"}""", Invalid)]
    [InlineData("""{"alg":"HS256"}x""", Invalid)]
    [InlineData("""{"alg":"HS256",}""", Invalid)]
    [InlineData("", Invalid)]
    [InlineData("""{"typ":"JWT"}""", Invalid)]
    [InlineData("""[]""", Invalid)]
    public void The_algorithm_is_HS256_and_nothing_else(string header, string? refusal) => AssertChecked(
        refusal, WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret)), Jwt.Make("""{"exp":1800000060}""", header));

    public static TheoryData<string> BrokenTokens
    {
        get
        {
            var good = Jwt.Make("""{"exp":1800000060}""");
            var parts = good.Split('.');
            var lastBits = parts[2][..^1] + (char)(parts[2][^1] + 1); // 32 bytes leave two bits of the last character
            return
            [
                $"{parts[0]}.{parts[1]}.{lastBits}", $"{parts[0]}.{parts[1]}.{parts[2]}==", $" {good[..10]} {good[10..]}",
                "xx", "a.b", "a.b.c", "..", good + "=", good + ".x", $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}",
                Jwt.Make("""{"exp":1800000060}""", secret: new string('x', 32)),
                Jwt.Make("""{"exp":1}""", secret: new string('x', 32)),
                $"{parts[0]}.{Jwt.Make("""{"exp":1800000999}""").Split('.')[1]}.{parts[2]}",
                new string('a', 20_000),
            ];
        }
    }

    [Theory]
    [MemberData(nameof(BrokenTokens))]
    public void What_is_not_signed_with_the_secret_is_invalid(string token) =>
        AssertChecked(Invalid, WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret)), token);

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, -1, Expired)]
    [InlineData(300, -300, null)]
    [InlineData(300, -301, Expired)]
    public void The_skew_is_configurable(int skewSeconds, int expiresIn, string? refusal) => AssertChecked(
        refusal,
        WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret), maxClockSkew: TimeSpan.FromSeconds(skewSeconds)),
        Jwt.Make(string.Create(CultureInfo.InvariantCulture, $$"""{"exp":{{Now + expiresIn}}}""")));

    [Fact]
    public void A_token_is_good_until_its_time_is_over()
    {
        var authentication = WebSocketAuthentication.SignedBearerToken(Encoding.UTF8.GetBytes(Jwt.Secret));
        var token = Jwt.Make("""{"exp":1800000060}""");

        _time.Advance(TimeSpan.FromSeconds(90));
        AssertChecked(null, authentication, token);
        _time.Advance(TimeSpan.FromSeconds(1));
        AssertChecked(Expired, authentication, token);
    }

    [Fact]
    public async Task The_command_line_sets_it_all_up()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(path, Jwt.Secret + "\n");
        await using var server = await ServerRun.ServeAsync(
            TestAcceptor.Echo(), _time, "--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", path, "--ws-issuer", " me ", "--ws-audience", "you", "--ws-max-clock-skew-seconds", "5");
        using var client = await server.ConnectAsync();

        Assert.Equal((401, Expired), await TryAsync(client, """{"exp":1799999994,"iss":"me","aud":"you"}"""));
        Assert.Equal((401, Issuer), await TryAsync(client, """{"exp":1799999995,"iss":"you","aud":"you"}"""));
        Assert.Equal((401, Audience), await TryAsync(client, """{"exp":1799999995,"iss":"me","aud":"me"}"""));
        Assert.Equal((101, ""), await TryAsync(client, """{"exp":1799999995,"iss":"me","aud":"you"}"""));
    }

    private static async Task<(int Status, string Body)> TryAsync(WireClient client, string payload)
    {
        var answer = await client.RequestAsync("GET /", $"Authorization: Bearer {Jwt.Make(payload)}\r\n{WireClient.UpgradeHeaders}");
        return (answer.Status, answer.Body);
    }

    private void AssertChecked(string? refusal, WebSocketAuthentication authentication, string token) =>
        Assert.Equal(refusal, authentication.Admit($"Bearer {token}", address: null, _time).Refusal);
}
