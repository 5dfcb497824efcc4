using Microsoft.Extensions.Primitives;

namespace ExecActors.Hosting.Authentication;

/// <summary>Decides who may open a WebSocket, by the <c>Authorization: Bearer</c> header of the upgrade and nothing else.</summary>
/// <remarks>Holds per connection, not per session: whoever is let in and knows a session id may resume that session.</remarks>
public abstract class WebSocketAuthentication
{
    private protected WebSocketAuthentication()
    {
    }

    /// <summary>One shared token; only its digest is kept, and compared in constant time.</summary>
    /// <param name="token">The token, not empty.</param>
    public static WebSocketAuthentication CapabilityToken(string token) => CapabilityTokenAuthentication.FromToken(token);

    /// <summary>One shared token, of which the server knows only the digest.</summary>
    /// <param name="digest">SHA-256 of the token's UTF-8 bytes; 32 bytes.</param>
    public static WebSocketAuthentication CapabilityTokenDigest(ReadOnlySpan<byte> digest) => new CapabilityTokenAuthentication(digest);

    /// <summary>JSON Web Tokens signed with HS256 and nothing else. <c>exp</c> is required.</summary>
    /// <param name="secret">The shared secret, at least 32 bytes.</param>
    /// <param name="issuer">What <c>iss</c> has to be; null to accept any and none.</param>
    /// <param name="audience">What <c>aud</c> has to be or contain; null to accept any and none.</param>
    /// <param name="maxClockSkew">Allowance on <c>exp</c> and <c>nbf</c>, in whole seconds; null for 30 s.</param>
    public static WebSocketAuthentication SignedBearerToken(
        ReadOnlySpan<byte> secret, string? issuer = null, string? audience = null, TimeSpan? maxClockSkew = null) =>
        new SignedBearerAuthentication(secret, issuer, audience, maxClockSkew ?? SignedBearerAuthentication.DefaultClockSkew);

    /// <summary>Looks at the header of an upgrade.</summary>
    /// <returns>Null when the caller may come in; else the text of the refusal.</returns>
    internal string? Check(StringValues authorization, TimeProvider time)
    {
        if (authorization.Count == 0)
        {
            return "missing websocket bearer token";
        }

        return BearerHeader.TokenOf(authorization[0]) is { } token ? CheckToken(token, time) : "invalid authorization header";
    }

    /// <summary>Looks at the token itself.</summary>
    /// <returns>Null when it is good; else the text of the refusal.</returns>
    private protected abstract string? CheckToken(string token, TimeProvider time);
}
