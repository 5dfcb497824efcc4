using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ExecActors.Hosting;

namespace ExecActors.Server.Serving;

/// <summary>The value of <c>--listen</c>.</summary>
/// <param name="EndPoint">Where to listen for WebSockets; null for standard input and output.</param>
internal sealed record ListenAddress(IPEndPoint? EndPoint)
{
    private const string Scheme = "ws://";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address.IsIPv4MappedToIPv6 ? EndPoint.Address.MapToIPv4() : EndPoint.Address);

    /// <summary>Reads <c>ws://IP:PORT</c>, <c>stdio</c> or <c>stdio://</c>; the case counts.</summary>
    /// <exception cref="ExecServerSettingsException">It is none of these.</exception>
    public static ListenAddress Parse(string url)
    {
        if (url is "stdio" or "stdio://")
        {
            return new ListenAddress(EndPoint: null);
        }

        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new ExecServerSettingsException(
                $"unsupported --listen URL `{url}`; expected `ws://IP:PORT` or `stdio`",
                "For example --listen ws://127.0.0.1:4433. To be reached by TLS, put a proxy that ends it in front.");
        }

        return ParseEndPoint(url.AsSpan(Scheme.Length)) is { } endPoint
            ? new ListenAddress(endPoint)
            : throw new ExecServerSettingsException(
                $"invalid websocket --listen URL `{url}`; expected `ws://IP:PORT`",
                "Give a literal address (127.0.0.1, [::1]), not a name, and a port from 0 to 65535, where 0 picks a free one.");
    }

    private static IPEndPoint? ParseEndPoint(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (bracketed)
        {
            host = host[1..^1];
        }

        // Only the four-part decimal form and numbers for IPv6 zones: IPAddress also takes 127.1, 0x7f000001, leading zeros and %eth0.
        return IPAddress.TryParse(host, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6) == bracketed
            && (bracketed ? HasNoZoneName(host) : host.Equals(address.ToString(), StringComparison.Ordinal))
            ? new IPEndPoint(address, port)
            : null;
    }

    private static bool HasNoZoneName(ReadOnlySpan<char> host) =>
        host.IndexOf('%') is var percent && (percent < 0 || !host[(percent + 1)..].ContainsAnyExceptInRange('0', '9'));
}
