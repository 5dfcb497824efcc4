using System.Globalization;
using System.Text;

namespace ExecActors.Hosting.Authentication;

/// <summary>How WebSocket clients show that they may come in, as an operator writes it down: on a command line or in a file.</summary>
public sealed record WebSocketAuthenticationSettings
{
    private const int DigestHexDigits = 64;

    /// <summary>The way; null for none, and then nothing else may be set.</summary>
    public WebSocketAuthenticationMode? Mode { get; init; }

    /// <summary>File with the capability token; read once, trimmed.</summary>
    public string? TokenFile { get; init; }

    /// <summary>SHA-256 of the capability token, 64 hex digits of either case.</summary>
    public string? TokenSha256 { get; init; }

    /// <summary>File with the secret of the token signatures; read once, trimmed, then at least 32 bytes.</summary>
    public string? SharedSecretFile { get; init; }

    /// <summary>What the <c>iss</c> claim has to be; trimmed; null or blank for anything.</summary>
    public string? Issuer { get; init; }

    /// <summary>What the <c>aud</c> claim has to be or contain; trimmed; null or blank for anything.</summary>
    public string? Audience { get; init; }

    /// <summary>Seconds allowed between the clocks; null for 30.</summary>
    public long? MaxClockSkewSeconds { get; init; }

    private bool HasCapabilitySettings => TokenFile is not null || TokenSha256 is not null;

    private bool HasSignatureSettings =>
        SharedSecretFile is not null || Issuer is not null || Audience is not null || MaxClockSkewSeconds is not null;

    /// <summary>Checks the settings against each other and reads the files they name.</summary>
    /// <returns>What to check upgrades with; null when no mode is set.</returns>
    /// <exception cref="ExecServerSettingsException">The settings contradict each other, or a file cannot serve.</exception>
    public WebSocketAuthentication? Load() => Mode switch
    {
        WebSocketAuthenticationMode.CapabilityToken => LoadCapabilityToken(),
        WebSocketAuthenticationMode.SignedBearerToken => LoadSignedBearerToken(),
        null when HasCapabilitySettings || HasSignatureSettings => throw new ExecServerSettingsException(
            "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`",
            "Add --ws-auth, or leave the other --ws-* flags out."),
        null => null,
        _ => throw new InvalidOperationException($"unknown authentication mode {Mode}"),
    };

    private WebSocketAuthentication LoadCapabilityToken()
    {
        if (HasSignatureSettings)
        {
            throw new ExecServerSettingsException(
                "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` require `--ws-auth signed-bearer-token`",
                "Leave them out, or use --ws-auth signed-bearer-token.");
        }

        return (TokenFile, TokenSha256) switch
        {
            (not null, not null) => throw new ExecServerSettingsException(
                "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive", "Keep one of the two."),
            (not null, null) => WithTokenOf(SecretFile.Read(TokenFile)),
            (null, not null) => WebSocketAuthentication.CapabilityTokenDigest(ParseDigest(TokenSha256)),
            _ => throw new ExecServerSettingsException(
                "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set",
                "Write a long random token to a file that only the server's user can read, and name it with --ws-token-file."),
        };
    }

    private static WebSocketAuthentication WithTokenOf(SecretFile file) => WebSocketAuthentication.CapabilityToken(file.Text).From(file);

    private WebSocketAuthentication LoadSignedBearerToken()
    {
        if (HasCapabilitySettings)
        {
            throw new ExecServerSettingsException(
                "`--ws-token-file` and `--ws-token-sha256` require `--ws-auth capability-token`, not `signed-bearer-token`",
                "Leave them out, or use --ws-auth capability-token.");
        }

        if (SharedSecretFile is null)
        {
            throw new ExecServerSettingsException(
                "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set",
                "Write at least 32 random bytes as text to a file that only the server's user can read, and name it.");
        }

        var file = SecretFile.Read(SharedSecretFile);
        var secret = Encoding.UTF8.GetBytes(file.Text);
        if (secret.Length < SignedBearerAuthentication.MinimumSecretBytes)
        {
            throw new ExecServerSettingsException(
                $"signed websocket bearer secret {file.Path} must be at least {SignedBearerAuthentication.MinimumSecretBytes} bytes",
                string.Create(CultureInfo.InvariantCulture, $"It has {secret.Length} without surrounding white space; make a longer one."));
        }

        // Beyond some ten thousand years more allowance changes nothing, and TimeSpan ends.
        var skew = MaxClockSkewSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue * 100L))
            : SignedBearerAuthentication.DefaultClockSkew;
        return WebSocketAuthentication.SignedBearerToken(secret, TextOrNull(Issuer), TextOrNull(Audience), skew).From(file);
    }

    private static byte[] ParseDigest(string hex)
    {
        var digits = hex.Trim();
        return digits.Length == DigestHexDigits && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new ExecServerSettingsException(
                "--ws-token-sha256 must be a 64-character hex SHA-256 digest", "Make it with: printf %s \"$TOKEN\" | sha256sum");
    }

    private static string? TextOrNull(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}

/// <summary>The ways to authenticate.</summary>
public enum WebSocketAuthenticationMode
{
    /// <summary>One shared token.</summary>
    CapabilityToken,

    /// <summary>JSON Web Tokens signed with a shared secret (HS256).</summary>
    SignedBearerToken,
}
