using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>A path URI that is well formed; whether this platform can have its path is the second question.</summary>
/// <remarks>
/// Reads URIs as the WHATWG URL standard reads those of scheme <c>file</c>: blanks and control characters around it and tabs and newlines in
/// it are dropped, a backslash is a slash, the scheme and <c>localhost</c> are of any case, and malformed percent escapes are literal.
/// </remarks>
internal readonly struct ParsedPathUri
{
    private const string Scheme = "file";

    private readonly byte[] _path; // decoded, absolute, normalised
    private readonly string? _foreign; // the URI in normal form, when it has a host or a drive

    private ParsedPathUri(byte[] path, string? foreign)
    {
        _path = path;
        _foreign = foreign;
    }

    /// <summary>The URI in normal form when this platform cannot have its path; else null.</summary>
    public string? Foreign => _foreign;

    /// <summary>Reads a URI, or an absolute path.</summary>
    public static bool TryParse(string text, out ParsedPathUri uri, out RpcError error)
    {
        if (text.StartsWith('/'))
        {
            return TryPlain(text, out uri, out error);
        }

        uri = default;
        var cleaned = Clean(text);
        var colon = cleaned.IndexOf(':');
        if (colon <= 0 || !IsScheme(cleaned.AsSpan(0, colon)))
        {
            error = Errors.InvalidParams("invalid URI: relative URL without a base");
            return false;
        }

        var scheme = cleaned[..colon];
        if (!scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            error = Errors.InvalidParams($"unsupported path URI scheme `{Echo.Of(scheme.ToLowerInvariant())}`");
            return false;
        }

        return TryFile(cleaned.AsSpan(colon + 1), out uri, out error);
    }

    /// <summary>The path's bytes, if Linux can have such a path.</summary>
    public bool TryToNative(PathRole role, [NotNullWhen(true)] out byte[]? nativePath, out RpcError error)
    {
        if (_foreign is null)
        {
            nativePath = _path;
            error = default;
            return true;
        }

        nativePath = null;
        error = role == PathRole.Cwd
            ? Errors.InvalidParams($"cwd URI `{Echo.Of(_foreign)}` is not valid on this exec-server host: {Invalid(_foreign)}")
            : Errors.InvalidRequest(Invalid(_foreign));
        return false;
    }

    /// <summary>Whether the first segment is a drive, <c>C:</c>.</summary>
    public static bool BeginsWithDrive(ReadOnlySpan<byte> path) =>
        path.Length >= 2 && char.IsAsciiLetter((char)path[0]) && path[1] == (byte)':' && (path.Length == 2 || path[2] == (byte)'/');

    private static bool TryPlain(string text, out ParsedPathUri uri, out RpcError error)
    {
        uri = default;
        error = default;
        if (text.Contains('\0'))
        {
            error = Errors.InvalidParams(Invalid(text.Replace("\0", "\\0", StringComparison.Ordinal)));
            return false;
        }

        uri = new(LexicalPath.Normalize(Encoding.UTF8.GetBytes(text)), foreign: null);
        return true;
    }

    /// <summary>What stands behind <c>file:</c>.</summary>
    private static bool TryFile(ReadOnlySpan<char> rest, out ParsedPathUri uri, out RpcError error)
    {
        uri = default;
        var end = rest.IndexOfAny('?', '#');
        if (end >= 0)
        {
            error = Errors.InvalidParams(rest[end] == '?'
                ? "query parameters are not allowed in path URIs"
                : "fragments are not allowed in path URIs");
            return false;
        }

        if (!UriHost.TrySplit(ref rest, out var host))
        {
            error = Errors.InvalidParams("invalid URI: invalid international domain name");
            return false;
        }

        var path = UriPath.RemoveDotSegments(rest, out var hasDrive);
        var decoded = UriPath.Decode(path);
        if (decoded.AsSpan().Contains((byte)0))
        {
            error = Errors.InvalidParams(Invalid(Shown(host, path)));
            return false;
        }

        error = default;
        uri = new(LexicalPath.Normalize(decoded), host.Length > 0 || hasDrive ? Shown(host, path) : null);
        return true;
    }

    private static string Invalid(string uri) => $"'{Echo.Of(uri)}' is invalid on 'linux'";

    private static string Shown(string host, string path) => $"file://{host}{path}";

    private static string Clean(string text)
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

        return text.AsSpan(start, end - start).IndexOfAny("\t\r\n") < 0
            ? text[start..end]
            : string.Concat(text[start..end].Where(c => c is not ('\t' or '\r' or '\n')));
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(text[0]);
    }
}
