namespace ExecActors.Hosting.Authentication;

/// <summary>The one form of the Authorization header that is understood: <c>Bearer TOKEN</c>.</summary>
internal static class BearerHeader
{
    /// <summary>The token, trimmed; null when the header has another form or names none.</summary>
    public static string? TokenOf(string? header)
    {
        var value = header.AsSpan().Trim();
        var space = value.IndexOf(' ');
        if (space < 0 || value.ContainsAnyExceptInRange('\t', '~') || !value[..space].Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var token = value[space..].Trim();
        return token.IsEmpty ? null : token.ToString();
    }
}
