using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>Makes tokens by hand, sharing no code with the library that checks them.</summary>
internal static class Jwt
{
    public const string Secret = "0123456789abcdef0123456789abcdef";
    public const string Header = """{"alg":"HS256","typ":"JWT"}""";

    public static string Make(string payload, string header = Header, string secret = Secret) =>
        Make(Encoding.UTF8.GetBytes(payload), header, secret);

    public static string Make(ReadOnlySpan<byte> payload, string header = Header, string secret = Secret)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(payload)}";
        var key = Encoding.UTF8.GetBytes(secret);
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = header switch
        {
            _ when header.Contains("HS384", StringComparison.Ordinal) => HMACSHA384.HashData(key, bytes),
            _ when header.Contains("HS512", StringComparison.Ordinal) => HMACSHA512.HashData(key, bytes),
            _ => HMACSHA256.HashData(key, bytes),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }
}
