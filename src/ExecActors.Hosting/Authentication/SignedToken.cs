using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ExecActors.Platform;

namespace ExecActors.Hosting.Authentication;

/// <summary>The compact form of a signed JSON Web Token (RFC 7515 section 7.1), of which HS256 alone is taken.</summary>
/// <remarks>
/// No library for it is used: its check of signatures needs OpenSSL, and its reading of header and payload refuses tokens that the protocol takes (an
/// <c>iat</c> that is no number, a null <c>nbf</c>) and takes some that are refused here (padded parts, a fractional <c>exp</c>, a member
/// twice, an extension that is critical).
/// </remarks>
internal static class SignedToken
{
    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The payload of a token that is signed with the key; null for every other string.</summary>
    public static byte[]? PayloadOf(string token, byte[] key)
    {
        if (token.Split('.') is not [var header, var payload, var signature]
            || Decode(header) is not { } headerBytes
            || Decode(payload) is not { } payloadBytes
            || Decode(signature) is not { } signatureBytes
            || !JoseHeader.IsTaken(headerBytes))
        {
            return null;
        }

        var signed = Encoding.ASCII.GetBytes(token, 0, token.Length - signature.Length - 1);
        return IsSigned(signed, signatureBytes, key) ? payloadBytes : null;
    }

    private static bool IsSigned(byte[] signed, byte[] signature, byte[] key) =>
        CryptographicOperations.FixedTimeEquals(HmacSha256.Hash(key, signed), signature);

    private static byte[]? Decode(string part)
    {
        if (part.AsSpan().ContainsAnyExcept(Base64UrlCharacters))
        {
            return null; // padding and white space, which the decoder would let pass
        }

        try
        {
            var bytes = Base64Url.DecodeFromChars(part);
            return part.AsSpan().SequenceEqual(Base64Url.EncodeToString(bytes)) ? bytes : null; // bits beyond the last byte are zero
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
