using System.Text;

namespace ExecActors.Runtime.Http;

/// <summary>The head of a request as it is to stand on the wire, carried through SocketsHttpHandler in one header of its own.</summary>
/// <remarks>
/// SocketsHttpHandler joins repeated headers into one line, writes known names and methods in its own case, puts the host first, and takes
/// the name for TLS from a given host header. What a client of http/request wrote is to go out as it is, so the handler is given a message
/// with one header, <see cref="Carrier"/>, that holds method and lines, and <see cref="RequestHeadStream"/> puts them in their place. HTTP/1.1
/// only, where there is such a head.
/// </remarks>
internal static class RequestHead
{
    /// <summary>The header's name.</summary>
    public const string Carrier = "x-execactors-head";

    /// <summary>Divides method and lines; it can stand in none of them.</summary>
    public const char Divider = '\x01';

    /// <summary>The header's value: the method, then the lines in the order in which they go out.</summary>
    /// <param name="hop">What is sent.</param>
    /// <param name="proxyAuthorization">The value of that header; null for none.</param>
    public static string CarrierValue(HttpHop hop, string? proxyAuthorization)
    {
        var value = new StringBuilder(hop.Method, 256);
        var hasAccept = false;
        var hasAcceptEncoding = false;
        var hasHost = false;
        var hasLength = false;
        foreach (var (name, text) in hop.Headers)
        {
            hasAccept |= name is "accept";
            hasAcceptEncoding |= name is "accept-encoding";
            hasHost |= name is "host";
            hasLength |= name is "content-length";

            // How the body is framed is the handler's: by its length. One that is not the body's would break the connection's next request.
            if (name is not ("content-length" or "transfer-encoding"))
            {
                AddLine(value, name, text);
            }
        }

        if (!hasAccept)
        {
            AddLine(value, "accept", "*/*");
        }

        if (!hasAcceptEncoding)
        {
            AddLine(value, "accept-encoding", ContentCodings.Accepted);
        }

        if (proxyAuthorization is not null)
        {
            AddLine(value, "proxy-authorization", proxyAuthorization);
        }

        if (!hasHost)
        {
            AddLine(value, "host", hop.Url.Authority);
        }

        if (hasLength && hop.Body.IsEmpty)
        {
            AddLine(value, "content-length", "0");
        }

        return value.ToString();
    }

    private static void AddLine(StringBuilder value, string name, string text) => value.Append(Divider).Append(name).Append(": ").Append(text);
}
