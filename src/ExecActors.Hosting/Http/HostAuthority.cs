using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ExecActors.Hosting.Http;

/// <summary>A host and perhaps a port, as a Host header or a target in the absolute form names them (RFC 3986 section 3.2), without a user.</summary>
/// <param name="Host">A name, a dotted quad, or an IPv6 address in brackets; as it came, never empty.</param>
/// <param name="Port">The port; null where none is named.</param>
internal sealed record HostAuthority(string Host, int? Port)
{
    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~%!$&'()*+,;=");

    private static readonly SearchValues<char> s_addressCharacters = SearchValues.Create("0123456789ABCDEFabcdef:.");

    /// <summary>Reads a whole text; whatever is left over behind the host and the port makes it none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostAuthority? authority)
    {
        authority = null;
        var hostEnd = text.StartsWith('[') ? text.IndexOf(']') + 1 : text.IndexOf(':');
        hostEnd = hostEnd < 0 ? text.Length : hostEnd;
        var host = text[..hostEnd];
        if (!IsHost(host) || !TryParsePort(text.AsSpan(hostEnd), out var port))
        {
            return false;
        }

        authority = new(host, port);
        return true;
    }

    private static bool IsHost(string host) => host switch
    {
        [] => false,
        ['[', .. var address, ']'] => !address.AsSpan().ContainsAnyExcept(s_addressCharacters)
            && IPAddress.TryParse(address, out var parsed)
            && parsed.AddressFamily == AddressFamily.InterNetworkV6,
        _ => !host.AsSpan().ContainsAnyExcept(s_nameCharacters),
    };

    // A colon without digits names the scheme's own port.
    private static bool TryParsePort(ReadOnlySpan<char> text, out int? port)
    {
        port = null;
        if (text is "" or ":")
        {
            return true;
        }

        var isPort = ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && text[0] == ':';
        port = number;
        return isPort;
    }
}
