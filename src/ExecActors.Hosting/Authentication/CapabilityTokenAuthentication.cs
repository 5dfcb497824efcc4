using System.Net;
using System.Security.Cryptography;
using System.Text;
using ExecActors.Platform;
using ExecActors.Runtime;

namespace ExecActors.Hosting.Authentication;

/// <summary>Compares digests, so that neither the time nor the length of what was sent says anything about the token.</summary>
internal sealed class CapabilityTokenAuthentication : WebSocketAuthentication
{
    private readonly byte[] _digest;

    /// <summary>With the SHA-256 of the token.</summary>
    public CapabilityTokenAuthentication(ReadOnlySpan<byte> digest)
    {
        if (digest.Length != Sha256.DigestBytes)
        {
            throw new ArgumentException($"A SHA-256 digest has 32 bytes, not {digest.Length}.", nameof(digest));
        }

        _digest = digest.ToArray();
    }

    /// <summary>With the token itself, which is not kept.</summary>
    public static CapabilityTokenAuthentication FromToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return new CapabilityTokenAuthentication(Sha256.Hash(Encoding.UTF8.GetBytes(token)));
    }

    private protected override Admission CheckToken(string token, IPAddress? address, TimeProvider time)
    {
        var digest = Sha256.Hash(Encoding.UTF8.GetBytes(token));
        return CryptographicOperations.FixedTimeEquals(digest, _digest)
            ? Admission.Of(Principal.Token(_digest, address))
            : Admission.Refused("invalid websocket bearer token");
    }
}
