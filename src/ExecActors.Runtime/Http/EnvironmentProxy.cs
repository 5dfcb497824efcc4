using System.Net;
using System.Text;

using ExecActors.Platform;

namespace ExecActors.Runtime.Http;

/// <summary>The proxies that the server's environment names, with the reference server's reading of it.</summary>
/// <remarks>
/// <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, else <c>ALL_PROXY</c>; <c>NO_PROXY</c> lists hosts, domains, addresses and networks, or <c>*</c>.
/// Each in lower case too, upper case first. <c>HTTP_PROXY</c> is ignored where a CGI caller could have set it by a header.
/// Unlike the reference server, this one never goes to its own machine through a proxy. Safe for any thread.
/// </remarks>
internal sealed class EnvironmentProxy : IWebProxy, ICredentials
{
    private readonly Uri? _forHttp;
    private readonly Uri? _forHttps;
    private readonly bool _bypassesAll;
    private readonly List<string> _domains = [];
    private readonly List<IPNetwork> _networks = [];

    private EnvironmentProxy(Uri? forHttp, Uri? forHttps, string bypass)
    {
        _forHttp = forHttp;
        _forHttps = forHttps;
        foreach (var entry in bypass.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry is "*")
            {
                _bypassesAll = true;
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
            else if (IPAddress.TryParse(entry.Trim('[', ']'), out var address))
            {
                _networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                _domains.Add(entry.TrimStart('*').TrimStart('.'));
            }
        }
    }

    /// <summary>Null: passwords are taken from the proxies' own URLs.</summary>
    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException("Passwords are taken from the proxies' own URLs.");
    }

    /// <summary>The proxies of an environment; null when it names none.</summary>
    public static EnvironmentProxy? From(IReadOnlyDictionary<string, string> variables)
    {
        var all = ProxyOf(variables, "ALL_PROXY") ?? ProxyOf(variables, "all_proxy");
        var isCgi = variables.ContainsKey("REQUEST_METHOD");
        var forHttp = (isCgi ? null : ProxyOf(variables, "HTTP_PROXY")) ?? ProxyOf(variables, "http_proxy") ?? all;
        var forHttps = ProxyOf(variables, "HTTPS_PROXY") ?? ProxyOf(variables, "https_proxy") ?? all;
        var bypass = variables.GetValueOrDefault("NO_PROXY") ?? variables.GetValueOrDefault("no_proxy") ?? "";
        return forHttp is null && forHttps is null ? null : new EnvironmentProxy(forHttp, forHttps, bypass);
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination)
    {
        var proxy = string.Equals(destination.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) ? _forHttps : _forHttp;
        return proxy is null || Bypasses(destination.IdnHost) ? null : proxy;
    }

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    /// <inheritdoc/>
    public NetworkCredential? GetCredential(Uri uri, string authType)
    {
        var proxy = new[] { _forHttp, _forHttps }.FirstOrDefault(candidate => string.Equals(candidate?.Authority, uri.Authority, StringComparison.Ordinal));
        if (proxy is not { UserInfo.Length: > 0 })
        {
            return null;
        }

        var parts = proxy.UserInfo.Split(':', 2);
        return new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    /// <summary>What a plain <c>http</c> request says to its proxy before it is asked; null for nothing.</summary>
    public string? AuthorizationFor(Uri destination) =>
        string.Equals(destination.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal)
        && GetProxy(destination) is { Scheme: "http" or "https" } proxy
        && GetCredential(proxy, "Basic") is { } credential
            ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"))}"
            : null;

    private bool Bypasses(string host)
    {
        if (_bypassesAll || IsLoopbackName(host))
        {
            return true;
        }

        return IPAddress.TryParse(host, out var address)
            ? IPAddress.IsLoopback(address) || _networks.Exists(network => Contains(network, address))
            : _domains.Exists(domain => IsWithin(host.TrimEnd('.'), domain));
    }

    private static bool Contains(IPNetwork network, IPAddress address) =>
        network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);

    private static bool IsLoopbackName(string host) => IsWithin(host.TrimEnd('.'), "localhost");

    private static bool IsWithin(string host, string domain) =>
        domain.Length > 0
        && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');

    // A proxy that is no URL counts as none, as for the reference server.
    private static Uri? ProxyOf(IReadOnlyDictionary<string, string> variables, string name)
    {
        if (!variables.TryGetValue(name, out var text) || text.Length == 0 || NativeText.HasForeignBytes(text))
        {
            return null;
        }

        text = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5" ? uri : null;
    }
}
