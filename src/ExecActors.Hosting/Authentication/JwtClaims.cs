using System.Text.Json;

namespace ExecActors.Hosting.Authentication;

/// <summary>The claims that count. Times are whole seconds since 1970.</summary>
/// <param name="Expires"><c>exp</c></param>
/// <param name="NotBefore"><c>nbf</c>; null when absent.</param>
/// <param name="Issuer"><c>iss</c>; null when absent.</param>
/// <param name="Audiences"><c>aud</c>; empty when absent.</param>
/// <param name="Subject">
/// <c>sub</c>, to be compared only; null when absent. A string has a quotation mark before it, anything else stands as it came: other servers take it, and two
/// of them are not the same.
/// </param>
internal sealed record JwtClaims(long Expires, long? NotBefore, string? Issuer, IReadOnlyList<string> Audiences, string? Subject)
{
    /// <summary>
    /// Reads a payload whose signature is proven. Null when it is no JSON object, has no <c>exp</c>, has one of the five claims in another type
    /// (<c>sub</c> may be of any) or a registered one (RFC 7519 section 4.1) twice; null values count as absent, and other claims are not looked at.
    /// </summary>
    public static JwtClaims? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var payload = JsonDocument.Parse(json);
            return payload.RootElement.ValueKind == JsonValueKind.Object ? Read(payload.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JwtClaims? Read(JsonElement payload)
    {
        long? expires = null;
        long? notBefore = null;
        string? issuer = null;
        string? subject = null;
        IReadOnlyList<string> audiences = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var claim in payload.EnumerateObject())
        {
            if (claim.Name is not ("exp" or "nbf" or "iss" or "aud" or "sub" or "iat" or "jti"))
            {
                continue;
            }

            if (!seen.Add(claim.Name))
            {
                return null;
            }

            if (claim.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            switch (claim.Name)
            {
                case "exp":
                    expires = claim.Value.GetInt64();
                    break;
                case "nbf":
                    notBefore = claim.Value.GetInt64();
                    break;
                case "iss":
                    issuer = StringOf(claim.Value);
                    break;
                case "sub":
                    subject = claim.Value.ValueKind == JsonValueKind.String ? $"\"{StringOf(claim.Value)}" : claim.Value.GetRawText();
                    break;
                case "aud":
                    audiences = StringsOf(claim.Value);
                    break;
                default:
                    break; // only unique
            }
        }

        return expires is { } seconds ? new JwtClaims(seconds, notBefore, issuer, audiences, subject) : null;
    }

    private static IReadOnlyList<string> StringsOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(StringOf)] : [StringOf(value)];

    // GetString() gives null for a null, which is no string where one is asked for.
    private static string StringOf(JsonElement value) => value.GetString() ?? throw new FormatException();
}
