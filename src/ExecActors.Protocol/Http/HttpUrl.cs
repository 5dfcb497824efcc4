using System.Diagnostics.CodeAnalysis;

namespace ExecActors.Protocol;

/// <summary>An absolute <c>http</c> or <c>https</c> URL in the normal form of the WHATWG URL standard.</summary>
/// <remarks>
/// The standard's reading is the reference server's, and what it leaves as it is matters to signed URLs: escapes are never resolved or made
/// upper-case in paths and queries. Names beyond ASCII become punycode in lower case, without the further mappings of UTS 46.
/// </remarks>
public sealed class HttpUrl
{
    private HttpUrl(bool isSecure, string host, int port, string path, string query, string fragment, byte[]? userInfo)
    {
        IsSecure = isSecure;
        Host = host;
        Port = port;
        Path = path;
        Query = query;
        Fragment = fragment;
        UserInfo = userInfo;
        Authority = port == DefaultPort(isSecure) ? host : $"{host}:{port}";
        Origin = $"{Scheme}://{Authority}";
    }

    /// <summary>Whether the scheme is <c>https</c>.</summary>
    public bool IsSecure { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme => IsSecure ? "https" : "http";

    /// <summary>A name in lower case, an IPv4 address, or an IPv6 address in brackets; never empty.</summary>
    public string Host { get; }

    /// <summary>The port, that of the scheme when none is given.</summary>
    public int Port { get; }

    /// <summary>Begins with a slash.</summary>
    public string Path { get; }

    /// <summary>With its question mark; empty for none.</summary>
    public string Query { get; }

    /// <summary>With its number sign; empty for none. Never sent.</summary>
    public string Fragment { get; }

    /// <summary>User, colon and password, their escapes resolved, as basic authentication wants them; null when the URL has none.</summary>
    public byte[]? UserInfo { get; }

    /// <summary>Host and port, the latter only if it is not the scheme's.</summary>
    public string Authority { get; }

    /// <summary>Scheme, host and port.</summary>
    public string Origin { get; }

    /// <summary>What a request line asks the host for.</summary>
    public string PathAndQuery => Path + Query;

    /// <summary>Reads an absolute URL.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="url">The URL.</param>
    /// <param name="error">Why it is refused, <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out HttpUrl? url, out RpcError error)
    {
        url = null;
        var rest = HttpUrlText.Clean(text);
        if (!HttpUrlText.TryTakeScheme(ref rest, out var scheme))
        {
            error = Errors.HttpUrlInvalid("relative URL without a base");
            return false;
        }

        if (scheme is not ("http" or "https"))
        {
            error = Errors.HttpSchemeUnsupported(scheme);
            return false;
        }

        url = ReadAuthority(scheme is "https", rest, out var problem);
        error = url is null ? Errors.HttpUrlInvalid(problem) : default;
        return url is not null;
    }

    /// <summary>Reads what a <c>location</c> header names, seen from this URL.</summary>
    /// <param name="location">An absolute or relative reference.</param>
    /// <param name="scheme">The reference's scheme when it is another than <c>http</c> and <c>https</c>; else null.</param>
    /// <returns>Null for a reference that does not parse, and when <paramref name="scheme"/> is not null.</returns>
    public HttpUrl? Resolve(string location, out string? scheme)
    {
        var rest = HttpUrlText.Clean(location);
        if (HttpUrlText.TryTakeScheme(ref rest, out scheme))
        {
            if (scheme is not ("http" or "https"))
            {
                return null;
            }

            var isSecure = scheme is "https";
            scheme = null;
            if (isSecure != IsSecure)
            {
                return ReadAuthority(isSecure, rest, out _); // even without slashes
            }
        }

        return rest.Length - rest.TrimStart(HttpUrlText.Slashes).Length >= 2
            ? ReadAuthority(IsSecure, rest, out _)
            : ReadTail(IsSecure, Host, Port, userInfo: null, rest, this);
    }

    /// <summary>Whether credentials for one are credentials for the other: the same host and port.</summary>
    public bool SharesHostWith(HttpUrl other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Port == other.Port && string.Equals(Host, other.Host, StringComparison.Ordinal);
    }

    /// <summary>Whether both have the same origin: scheme, host and port.</summary>
    public bool SharesOriginWith(HttpUrl other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return SharesHostWith(other) && IsSecure == other.IsSecure;
    }

    /// <summary>The URL without user and password.</summary>
    public override string ToString() => $"{Origin}{Path}{Query}{Fragment}";

    private static int DefaultPort(bool isSecure) => isSecure ? 443 : 80;

    /// <summary>Reads what stands behind <c>http:</c>; any number of slashes begins the host.</summary>
    private static HttpUrl? ReadAuthority(bool isSecure, ReadOnlySpan<char> rest, out string problem)
    {
        rest = rest.TrimStart(HttpUrlText.Slashes);
        var end = rest.IndexOfAny(HttpUrlText.AuthorityEnds);
        var authority = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        byte[]? userInfo = null;
        if (authority.LastIndexOf('@') is >= 0 and var at)
        {
            userInfo = UserInfoOf(authority[..at]);
            authority = authority[(at + 1)..];
        }

        return HttpUrlHost.TryRead(authority, DefaultPort(isSecure), out var host, out var port, out problem)
            ? ReadTail(isSecure, host, port, userInfo, rest, from: null)
            : null;
    }

    /// <summary>Reads path, query and fragment; what a relative reference leaves out is taken from where it stands.</summary>
    private static HttpUrl ReadTail(bool isSecure, string host, int port, byte[]? userInfo, ReadOnlySpan<char> rest, HttpUrl? from)
    {
        HttpUrlText.Split(rest, out var path, out var query, out var fragment);
        var fullPath = (path.IsEmpty, from) switch
        {
            (_, null) => HttpUrlText.Path(path),
            (true, _) => from.Path,
            _ when path[0] is '/' or '\\' => HttpUrlText.Path(path),
            _ => HttpUrlText.Path($"{from.Path.AsSpan(0, from.Path.LastIndexOf('/') + 1)}{path}"),
        };
        var fullQuery = query.IsEmpty && path.IsEmpty ? from?.Query ?? "" : HttpUrlText.Query(query);
        return new(isSecure, host, port, fullPath, fullQuery, HttpUrlText.Fragment(fragment), userInfo);
    }

    private static byte[]? UserInfoOf(ReadOnlySpan<char> text)
    {
        var decoded = HttpUrlText.Decode(text);
        return text.IsEmpty || text is ":" ? null : decoded.AsSpan().Contains((byte)':') ? decoded : [.. decoded, .. ":"u8];
    }
}
