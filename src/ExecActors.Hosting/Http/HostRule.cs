using System.Net;
using System.Net.Sockets;

namespace ExecActors.Hosting.Http;

/// <summary>Which names the server answers to. A name that an attacker can point at us is the way round the same-origin rule of browsers.</summary>
internal sealed class HostRule(IEnumerable<string> allowedHosts)
{
    private readonly HashSet<string> _allowed = new(allowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost" };

    /// <summary>Whether a name is fit for the list: a host name, without scheme, port or path.</summary>
    public static bool IsHostName(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns;

    /// <summary>Whether a request with this Host header may be answered. An absent one names nothing and so cannot mislead.</summary>
    public bool Allows(string header) =>
        header.Length == 0 || (HostAuthority.TryParse(header, out var authority) && (IsIpLiteral(authority.Host) || _allowed.Contains(authority.Host)));

    /// <summary>Dotted quad or bracketed IPv6. Other spellings that parse as an address (<c>127.1</c>) could be names as well.</summary>
    private static bool IsIpLiteral(string host) =>
        IPAddress.TryParse(host, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6
            ? host.StartsWith('[')
            : string.Equals(address.ToString(), host, StringComparison.Ordinal));
}
