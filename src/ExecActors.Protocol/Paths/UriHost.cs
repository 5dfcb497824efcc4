using System.Buffers;
using System.Net;

namespace ExecActors.Protocol;

/// <summary>The host of a <c>file:</c> URI.</summary>
internal static class UriHost
{
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(c => (char)c), .. "#%/:<>?@[\\]^`{|}\x7F"]);

    /// <summary>Takes the host, if there is one, off the front.</summary>
    /// <param name="rest">What stands behind the scheme; then the path.</param>
    /// <param name="host">In normal form; empty when there is none and for <c>localhost</c>.</param>
    public static bool TrySplit(ref ReadOnlySpan<char> rest, out string host)
    {
        host = "";
        if (rest.Length < 2 || !IsSlash(rest[0]) || !IsSlash(rest[1]))
        {
            return true;
        }

        var authority = rest[2..];
        var end = authority.IndexOfAny('/', '\\');
        authority = end < 0 ? authority : authority[..end];
        if (IsDrive(authority))
        {
            rest = string.Concat("/", authority[..1].ToString().ToUpperInvariant(), ":", rest[(2 + authority.Length)..]);
            return true;
        }

        rest = rest[(2 + authority.Length)..];
        return authority.IsEmpty || TryNormalize(authority, out host);
    }

    private static bool TryNormalize(ReadOnlySpan<char> authority, out string host)
    {
        host = "";
        if (authority[0] == '[')
        {
            host = authority.ToString();
            return authority[^1] == ']' && IPAddress.TryParse(authority, out _);
        }

        var name = WebUtility.UrlDecode(authority.ToString().Replace("+", "%2B", StringComparison.Ordinal)).ToLowerInvariant();
        if (name.AsSpan().ContainsAny(s_forbidden) || name is "xn--")
        {
            return false;
        }

        host = name is "localhost" ? "" : name;
        return true;
    }

    private static bool IsDrive(ReadOnlySpan<char> text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && text[1] is ':' or '|';

    private static bool IsSlash(char c) => c is '/' or '\\';
}
