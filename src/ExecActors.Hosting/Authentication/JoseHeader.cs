using System.Text.Json;

namespace ExecActors.Hosting.Authentication;

/// <summary>The header of a signed token (RFC 7515 section 4), as far as it decides whether the token may be taken.</summary>
internal static class JoseHeader
{
    private const string Algorithm = "HS256";

    /// <summary>
    /// Whether it names HS256 and asks for nothing that is not understood here. A member that is there twice makes it none: another reader
    /// could see the other one. So does <c>crit</c>, whatever it lists, for no extension is known here (section 4.1.11); <c>b64</c> and
    /// <c>zip</c> would make the payload something else than it looks like.
    /// </summary>
    public static bool IsTaken(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var header = JsonDocument.Parse(json);
            return header.RootElement.ValueKind == JsonValueKind.Object && IsTaken(header.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false; // InvalidOperationException: a name or value that is not UTF-8
        }
    }

    private static bool IsTaken(JsonElement header)
    {
        var isHs256 = false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in header.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                return false;
            }

            switch (member.Name)
            {
                case "crit" or "b64" or "zip":
                case "typ" or "cty" or "kid" when member.Value.ValueKind != JsonValueKind.String:
                    return false;
                case "alg":
                    isHs256 = member.Value.ValueKind == JsonValueKind.String && string.Equals(member.Value.GetString(), Algorithm, StringComparison.Ordinal);
                    break;
                default:
                    break; // a hint that nothing here needs
            }
        }

        return isHs256;
    }
}
