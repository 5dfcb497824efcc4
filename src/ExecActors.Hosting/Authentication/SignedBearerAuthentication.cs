using System.Net;
using ExecActors.Runtime;

namespace ExecActors.Hosting.Authentication;

/// <summary>JSON Web Tokens: <see cref="SignedToken"/> proves the signature, <see cref="JwtClaims"/> reads what is compared here.</summary>
internal sealed class SignedBearerAuthentication : WebSocketAuthentication
{
    /// <summary>The least secret that HS256 is worth anything with.</summary>
    public const int MinimumSecretBytes = 32;

    private readonly byte[] _key;
    private readonly string? _issuer;
    private readonly string? _audience;
    private readonly long _skewSeconds;

    /// <summary>With the shared secret and what the claims have to say.</summary>
    public SignedBearerAuthentication(ReadOnlySpan<byte> secret, string? issuer, string? audience, TimeSpan maxClockSkew)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, MinimumSecretBytes, nameof(secret));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxClockSkew, TimeSpan.Zero);
        _key = secret.ToArray();
        _issuer = issuer;
        _audience = audience;
        _skewSeconds = (long)maxClockSkew.TotalSeconds;
    }

    /// <summary>Allowed between our clock and the issuer's unless told otherwise.</summary>
    public static TimeSpan DefaultClockSkew { get; } = TimeSpan.FromSeconds(30);

    private protected override Admission CheckToken(string token, IPAddress? address, TimeProvider time)
    {
        if (SignedToken.PayloadOf(token, _key) is not { } payload || JwtClaims.Read(payload) is not { } claims)
        {
            return Admission.Refused("invalid websocket jwt");
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (now > Add(claims.Expires, _skewSeconds))
        {
            return Admission.Refused("expired websocket jwt");
        }

        if (claims.NotBefore is { } notBefore && now < Add(notBefore, -_skewSeconds))
        {
            return Admission.Refused("websocket jwt is not valid yet");
        }

        if (_issuer is not null && !string.Equals(claims.Issuer, _issuer, StringComparison.Ordinal))
        {
            return Admission.Refused("websocket jwt issuer mismatch");
        }

        return _audience is null || claims.Audiences.Contains(_audience, StringComparer.Ordinal)
            ? Admission.Of(Principal.Subject(claims.Issuer, claims.Subject), EndOf(claims))
            : Admission.Refused("websocket jwt audience mismatch");
    }

    /// <summary>The first moment at which the token would be refused; null when that is beyond all dates.</summary>
    private DateTimeOffset? EndOf(JwtClaims claims)
    {
        var end = Add(Add(claims.Expires, _skewSeconds), 1);
        return end <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(end) : null;
    }

    /// <summary>Adds, staying at the end of the range: a token may name any 64-bit second.</summary>
    private static long Add(long seconds, long skew) => (long)Int128.Clamp((Int128)seconds + skew, long.MinValue, long.MaxValue);
}
