using System.Net;
using Microsoft.Extensions.Primitives;

namespace ExecActors.Hosting.Authentication;

/// <summary>Decides who may open a WebSocket, by the <c>Authorization: Bearer</c> header of the upgrade and nothing else.</summary>
/// <remarks>
/// What is shown says who it is, too: a session is found again only by whom it belongs to. With a capability token that is everyone who has it, with
/// signed tokens the subject (<c>sub</c>) of the issuer (<c>iss</c>). A connection ends with its token.
/// </remarks>
public abstract class WebSocketAuthentication
{
    private protected WebSocketAuthentication()
    {
    }

    /// <summary>What an operator should know of the file that the secret came from; null for nothing.</summary>
    internal string? FileWarning { get; private set; }

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

    /// <summary>Remembers where the secret came from.</summary>
    internal WebSocketAuthentication From(SecretFile file)
    {
        FileWarning = file.Warning;
        return this;
    }

    /// <summary>Looks at the header of an upgrade that came from an address; null when that is unknown.</summary>
    internal Admission Admit(StringValues authorization, IPAddress? address, TimeProvider time)
    {
        if (authorization.Count == 0)
        {
            return Admission.Refused("missing websocket bearer token");
        }

        return BearerHeader.TokenOf(authorization[0]) is { } token ? CheckToken(token, address, time) : Admission.Refused("invalid authorization header");
    }

    /// <summary>Looks at the token itself.</summary>
    private protected abstract Admission CheckToken(string token, IPAddress? address, TimeProvider time);
}
