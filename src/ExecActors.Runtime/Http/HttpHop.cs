using System.Text;

using ExecActors.Protocol;

namespace ExecActors.Runtime.Http;

/// <summary>One of the requests that an http/request leads to: the first, or what a redirect makes of it.</summary>
/// <param name="Method">As it goes out.</param>
/// <param name="Url">Where it goes.</param>
/// <param name="Headers">Names in lower case.</param>
/// <param name="Body">Empty for none.</param>
internal sealed record HttpHop(string Method, HttpUrl Url, IReadOnlyList<HttpHeaderLine> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly string[] s_credentials = ["authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"];
    private static readonly string[] s_ofTheBody = ["content-type", "content-length", "content-encoding", "transfer-encoding"];

    /// <summary>Names of headers that never leave the first hop's origin. What was left out once stays out, also when a redirect leads back.</summary>
    public IReadOnlyCollection<string> SecretNames { get; init; } = [];

    /// <summary>The first hop: user and password of the URL become a header unless there is one.</summary>
    public static HttpHop First(HttpCall call, ReadOnlyMemory<byte> body) =>
        new(call.Method, call.Url, WithBasic(call), body) { SecretNames = call.SecretNames };

    /// <summary>What a redirect makes of this hop.</summary>
    /// <param name="status">The response's status.</param>
    /// <param name="location">Its location; null when it has none.</param>
    /// <param name="next">The next hop; null when the response is the result.</param>
    /// <returns>Why there is no next hop although the response asks for one; null otherwise.</returns>
    public RpcError? Redirect(int status, string? location, out HttpHop? next)
    {
        next = null;
        if (status is not (301 or 302 or 303 or 307 or 308) || location is null)
        {
            return null;
        }

        if (Url.Resolve(Utf8(location), out var scheme) is not { } target)
        {
            return scheme is null ? null : Errors.HttpRedirectScheme(scheme);
        }

        var drops = status == 303 || (status is 301 or 302 && Method is "POST");
        var method = drops && Method is not "HEAD" ? "GET" : Method;
        var isSameHost = Url.SharesHostWith(target);
        var isSameOrigin = Url.SharesOriginWith(target);
        var headers = new List<HttpHeaderLine>(Headers.Count + 1);
        var referer = Referer(target);
        foreach (var header in Headers)
        {
            if (header.Name is "referer")
            {
                AddReferer();
            }
            else if (!(drops && s_ofTheBody.Contains(header.Name)) && (isSameHost || !IsForHost(header.Name))
                && (isSameOrigin || !SecretNames.Contains(header.Name, StringComparer.Ordinal)))
            {
                headers.Add(header);
            }
        }

        AddReferer();
        next = new(method, target, headers, drops ? default : Body) { SecretNames = SecretNames };
        return null;

        void AddReferer()
        {
            if (referer is not null)
            {
                headers.Add(new("referer", referer));
                referer = null;
            }
        }
    }

    // Beside credentials the name of the host, which a client may have given: it is not the next host's.
    private static bool IsForHost(string name) => name is "host" || s_credentials.Contains(name);

    // Strict-origin-when-cross-origin, as browsers have it.
    private string? Referer(HttpUrl target) => (Url.IsSecure, target.IsSecure) switch
    {
        (true, false) => null,
        var (from, to) when from == to && Url.SharesHostWith(target) => Url.Origin + Url.PathAndQuery,
        _ => Url.Origin + "/",
    };

    // Header values come as Latin-1; a location beyond ASCII is meant to be UTF-8.
    private static string Utf8(string location) => Ascii.IsValid(location) ? location : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(location));

    private static IReadOnlyList<HttpHeaderLine> WithBasic(HttpCall call) =>
        call.Url.UserInfo is { } userInfo && !call.Headers.Any(header => header.Name is "authorization")
            ? [.. call.Headers, new("authorization", $"Basic {Convert.ToBase64String(userInfo)}")]
            : call.Headers;
}
