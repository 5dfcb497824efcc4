using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>The pieces of an <c>http</c> URL's text (WHATWG URL standard, "special" schemes).</summary>
internal static class HttpUrlText
{
    /// <summary>A backslash is a slash.</summary>
    public const string Slashes = @"/\";

    /// <summary>What ends the host.</summary>
    public const string AuthorityEnds = @"/\?#";

    // Percent-encoded beside controls and what is not ASCII.
    private static readonly SearchValues<char> s_path = SearchValues.Create(" \"#<>?`{}");
    private static readonly SearchValues<char> s_query = SearchValues.Create(" \"#<>'");
    private static readonly SearchValues<char> s_fragment = SearchValues.Create(" \"<>`");
    private static readonly SearchValues<char> s_ignored = SearchValues.Create("\t\r\n");

    /// <summary>Without blanks and controls around it, and without tabs and line ends in it.</summary>
    public static ReadOnlySpan<char> Clean(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (end > start && text[end - 1] <= ' ')
        {
            end--;
        }

        var trimmed = text.AsSpan(start, end - start);
        return trimmed.ContainsAny(s_ignored) ? string.Concat(text[start..end].Where(c => !s_ignored.Contains(c))) : trimmed;
    }

    /// <summary>Takes the scheme and its colon off the front.</summary>
    /// <param name="rest">The text; then what stands behind the colon.</param>
    /// <param name="scheme">In lower case.</param>
    public static bool TryTakeScheme(ref ReadOnlySpan<char> rest, [NotNullWhen(true)] out string? scheme)
    {
        scheme = null;
        var colon = rest.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(rest[0]))
        {
            return false;
        }

        foreach (var c in rest[..colon])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        scheme = rest[..colon].ToString().ToLowerInvariant();
        rest = rest[(colon + 1)..];
        return true;
    }

    /// <summary>Path, query with its question mark, and fragment with its number sign.</summary>
    public static void Split(
        ReadOnlySpan<char> rest, out ReadOnlySpan<char> path, out ReadOnlySpan<char> query, out ReadOnlySpan<char> fragment)
    {
        var number = rest.IndexOf('#');
        fragment = number < 0 ? default : rest[number..];
        rest = number < 0 ? rest : rest[..number];
        var question = rest.IndexOf('?');
        query = question < 0 ? default : rest[question..];
        path = question < 0 ? rest : rest[..question];
    }

    /// <summary>A path in normal form: it begins with a slash and has no dot segments.</summary>
    public static string Path(ReadOnlySpan<char> path)
    {
        if (IsNormal(path))
        {
            return path.ToString();
        }

        var segments = new List<string>();
        var rest = path.IsEmpty || path[0] is not ('/' or '\\') ? path : path[1..];
        for (var isLast = false; !isLast;)
        {
            var end = rest.IndexOfAny(Slashes);
            isLast = end < 0;
            var segment = isLast ? rest : rest[..end];
            rest = isLast ? default : rest[(end + 1)..];
            var dots = UriPath.Dots(segment);
            if (dots == 2 && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }

            if (dots == 0 || isLast)
            {
                segments.Add(dots == 0 ? Encode(segment, s_path) : "");
            }
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>A query in normal form.</summary>
    /// <param name="query">With its question mark, or empty.</param>
    public static string Query(ReadOnlySpan<char> query) => query.IsEmpty ? "" : "?" + Encode(query[1..], s_query);

    /// <summary>A fragment in normal form.</summary>
    /// <param name="fragment">With its number sign, or empty.</param>
    public static string Fragment(ReadOnlySpan<char> fragment) => fragment.IsEmpty ? "" : "#" + Encode(fragment[1..], s_fragment);

    /// <summary>UTF-8 with well-formed escapes resolved.</summary>
    public static byte[] Decode(ReadOnlySpan<char> text) => UriPath.Decode(text.ToString());

    // The usual case, at no cost: plain characters and no segment that begins with a dot.
    private static bool IsNormal(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty || path[0] != '/' || path.ContainsAny(s_path) || path.ContainsAnyExceptInRange('!', '~') || path.Contains('\\'))
        {
            return false;
        }

        return !path.Contains("/.", StringComparison.Ordinal) && !path.Contains("/%2e", StringComparison.OrdinalIgnoreCase);
    }

    private static string Encode(ReadOnlySpan<char> text, SearchValues<char> encoded)
    {
        if (!text.ContainsAny(encoded) && !text.ContainsAnyExceptInRange('!', '~'))
        {
            return text.ToString();
        }

        var result = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7F && !encoded.Contains((char)rune.Value))
            {
                result.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                result.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return result.ToString();
    }
}
