using ExecActors.Hosting.Tests.Support;

namespace ExecActors.Hosting.Tests.Authentication;

/// <summary>The start-up errors of the contract's section 3.3, through the command line.</summary>
public sealed class AuthenticationSettingsTests : IDisposable
{
    private const string Capability = "--ws-auth capability-token";
    private const string Signed = "--ws-auth signed-bearer-token";
    private const string Digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

    private readonly TemporaryFolder _folder = new();

    public AuthenticationSettingsTests()
    {
        File.WriteAllText(At("token"), "s3cret\n");
        File.WriteAllText(At("secret"), Jwt.Secret + "\n");
        File.WriteAllText(At("short"), new string('x', 31) + "\n");
        File.WriteAllText(At("blank"), " \n\t");
        File.WriteAllBytes(At("binary"), [0xFF, 0xFE]);
        using var big = File.Create(At("big"));
        big.SetLength(2 * 1024 * 1024);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Capability, "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set")]
    [InlineData($"{Capability} --ws-token-file @token --ws-token-sha256 {Digest}", "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive")]
    [InlineData($"{Capability} --ws-token-sha256 abc", "--ws-token-sha256 must be a 64-character hex SHA-256 digest")]
    [InlineData($"{Capability} --ws-token-sha256 g{Digest}", "--ws-token-sha256 must be a 64-character hex SHA-256 digest")]
    [InlineData($"{Capability} --ws-token-file @nope", "failed to read websocket auth secret @nope: No such file or directory (os error 2)")]
    [InlineData($"{Capability} --ws-token-file @a/b", "failed to read websocket auth secret @a/b: No such file or directory (os error 2)")]
    [InlineData($"{Capability} --ws-token-file @", "failed to read websocket auth secret @: Is a directory (os error 21)")]
    [InlineData($"{Capability} --ws-token-file @binary", "failed to read websocket auth secret @binary: stream did not contain valid UTF-8")]
    [InlineData($"{Capability} --ws-token-file @big", "failed to read websocket auth secret @big: it is longer than 1 MiB")]
    [InlineData($"{Capability} --ws-token-file @blank", "websocket auth secret @blank must not be empty")]
    [InlineData("--ws-token-file @token", "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`")]
    [InlineData("--ws-issuer me", "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`")]
    [InlineData("--ws-max-clock-skew-seconds 5", "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`")]
    [InlineData(Signed, "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set")]
    [InlineData($"{Signed} --ws-issuer me", "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set")]
    [InlineData($"{Signed} --ws-shared-secret-file @short", "signed websocket bearer secret @short must be at least 32 bytes")]
    [InlineData($"{Signed} --ws-shared-secret-file @blank", "websocket auth secret @blank must not be empty")]
    [InlineData($"{Signed} --ws-shared-secret-file @nope", "failed to read websocket auth secret @nope: No such file or directory (os error 2)")]
    [InlineData(
        $"{Signed} --ws-shared-secret-file @secret --ws-token-file @token",
        "`--ws-token-file` and `--ws-token-sha256` require `--ws-auth capability-token`, not `signed-bearer-token`")]
    [InlineData(
        $"{Capability} --ws-token-file @token --ws-issuer me",
        "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` require `--ws-auth signed-bearer-token`")]
    [InlineData(
        $"{Capability} --ws-max-clock-skew-seconds 30",
        "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` require `--ws-auth signed-bearer-token`")]
    [InlineData("--listen stdio --ws-auth capability-token --ws-token-file @token", "WebSocket auth requires a WebSocket listener, not stdio")]
    [InlineData(
        "--listen stdio --ws-token-file @token", "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`")]
    [InlineData(
        "--listen nonsense --ws-auth capability-token",
        "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set")]
    public async Task A_start_that_cannot_be_is_refused_with_the_reason_and_a_remedy(string arguments, string message)
    {
        await using var run = await ServerRun.RunToEndAsync(["serve", .. arguments.Split(' ').Select(Expand)]);

        var lines = run.Error.Split('\n');
        Assert.Equal((1, ""), (await run.Ended, run.Output));
        Assert.Equal("Error: " + Expand(message), lines[0]);
        Assert.Equal((3, ""), (lines.Length, lines[2]));
        Assert.NotEmpty(lines[1]);
    }

    [Theory]
    [InlineData($"{Capability} --ws-token-sha256 {Digest}")]
    [InlineData($"{Signed} --ws-shared-secret-file @secret --ws-max-clock-skew-seconds 9223372036854775807")]
    [InlineData($"{Signed} --ws-shared-secret-file @secret --ws-max-clock-skew-seconds 0")]
    public async Task Settings_that_fit_together_start(string arguments)
    {
        await using var run = await ServerRun.ServeAsync([.. arguments.Split(' ').Select(Expand)]);

        Assert.Equal(0, await run.StopAsync());
    }

    [Fact]
    public async Task A_digest_may_have_upper_case_and_blanks_around()
    {
        await using var run = await ServerRun.ServeAsync("--ws-auth", "capability-token", "--ws-token-sha256", $" {Digest.ToUpperInvariant()} ");

        Assert.Equal(0, await run.StopAsync());
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Expand(string text) => text.Replace("@", _folder.Path.TrimEnd('/') + "/", StringComparison.Ordinal);
}
