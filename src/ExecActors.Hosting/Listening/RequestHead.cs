using System.Buffers;
using System.Text;
using ExecActors.Hosting.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Listening;

/// <summary>The head of a request as it came over a socket of ours (RFC 9112 sections 3 and 5), read strictly and without any body.</summary>
internal sealed class RequestHead : IRequestHead
{
    /// <summary>Most bytes of a head; a longer one is answered 431.</summary>
    public const int MaxBytes = 32 * 1024;

    private const string AbsolutePrefix = "http://";

    private static readonly SearchValues<byte> s_tokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private readonly List<(string Name, string Value)> _headers = [];
    private readonly string? _authority;

    private RequestHead(string method, string path, string? authority, bool isHttp11)
    {
        Method = method;
        Path = path;
        _authority = authority;
        IsHttp11 = isHttp11;
    }

    /// <inheritdoc/>
    public string Method { get; }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public bool IsHttp11 { get; }

    /// <summary>Whether a body follows, which is not read here: what comes behind it cannot be told from it.</summary>
    public bool HasBody { get; private set; }

    /// <summary>Whether the connection may be used for a further request.</summary>
    public bool KeepsAlive => IsHttp11 && !HasBody && !UpgradeRequest.Includes(this[HeaderNames.Connection], "close");

    /// <inheritdoc/>
    public StringValues this[string name]
    {
        get
        {
            if (_authority is not null && name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase))
            {
                return _authority; // RFC 9112 section 3.2.2: it takes the place of the header
            }

            var values = StringValues.Empty;
            foreach (var header in _headers)
            {
                if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    values = StringValues.Concat(values, header.Value);
                }
            }

            return values;
        }
    }

    /// <inheritdoc/>
    public bool Has(string name) => _headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a head as soon as it is whole. What is wrong in it is known with the line that it is in, whatever follows.</summary>
    /// <param name="bytes">What has arrived, from the request's first byte on.</param>
    /// <param name="head">The head; null when more has to come, or when it is refused.</param>
    /// <param name="refusal">What to answer to bytes that are no request; the connection cannot be used after it. Null otherwise.</param>
    /// <returns>Bytes of the head with the blank line behind it; 0 when more have to come or it is refused.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out RequestHead? head, out HttpRefusal? refusal)
    {
        head = null;
        var used = bytes.StartsWith("\r\n"u8) ? 2 : 0; // RFC 9112 section 2.2: one blank line before a request is tolerated
        if (!MayBegin(bytes[used..]))
        {
            refusal = HttpRefusal.BadRequest;
            return 0;
        }

        RequestHead? reading = null;
        do
        {
            var rest = bytes[used..];
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                refusal = bytes.Length < MaxBytes ? null : TooLong(rest, reading);
                return 0;
            }

            used += end + 1;
            refusal = end == 0 || rest[end - 1] != '\r' ? HttpRefusal.LineEnd : ParseLine(rest[..(end - 1)], ref reading, out head);
        }
        while (refusal is null && head is null);

        return head is null ? 0 : used;
    }

    // So that a peer that speaks something else hears of it at once.
    private static bool MayBegin(ReadOnlySpan<byte> text) => text is [] or [(byte)'\r'] or [(byte)'\n', ..] || s_tokenBytes.Contains(text[0]);

    private static HttpRefusal TooLong(ReadOnlySpan<byte> line, RequestHead? reading) =>
        reading is null && line.Contains((byte)' ') ? HttpRefusal.TargetTooLong : HttpRefusal.HeadTooLarge;

    private static HttpRefusal? ParseLine(ReadOnlySpan<byte> line, ref RequestHead? reading, out RequestHead? whole)
    {
        whole = null;
        if (reading is null)
        {
            return ParseRequestLine(line, out reading);
        }

        if (!line.IsEmpty)
        {
            return reading.TryAddHeader(line) ? null : HttpRefusal.BadRequest;
        }

        var refusal = BodyFraming.Check(reading, out var hasBody) ?? reading.CheckHost();
        reading.HasBody = hasBody;
        whole = refusal is null ? reading : null;
        return refusal;
    }

    private static HttpRefusal? ParseRequestLine(ReadOnlySpan<byte> line, out RequestHead? head)
    {
        head = null;
        var methodEnd = line.IndexOf((byte)' ');
        var versionStart = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || versionStart <= methodEnd)
        {
            return HttpRefusal.BadRequest;
        }

        var method = line[..methodEnd];
        var target = line[(methodEnd + 1)..versionStart];
        if (method.ContainsAnyExcept(s_tokenBytes)
            || target.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || line[(versionStart + 1)..] is not [(byte)'H', (byte)'T', (byte)'T', (byte)'P', (byte)'/', var major, (byte)'.', var minor]
            || !char.IsAsciiDigit((char)major)
            || !char.IsAsciiDigit((char)minor))
        {
            return HttpRefusal.BadRequest;
        }

        if (major != '1')
        {
            return HttpRefusal.Version;
        }

        // RFC 9110 section 2.5: a later minor version is answered as the latest that is known.
        return ParseTarget(Encoding.Latin1.GetString(method), Encoding.Latin1.GetString(target), isHttp11: minor != '0', out head);
    }

    private static HttpRefusal? ParseTarget(string method, string target, bool isHttp11, out RequestHead? head)
    {
        head = null;
        var (authority, pathAndQuery) = Split(target);
        var path = pathAndQuery.Split('?', 2)[0];
        if (target.Contains('#') || !(path.StartsWith('/') || (path is "*" && method is "OPTIONS")))
        {
            return HttpRefusal.BadRequest;
        }

        if (authority is not null && !HostAuthority.TryParse(authority, out _))
        {
            return HttpRefusal.HostSyntax;
        }

        head = new RequestHead(method, path, authority, isHttp11);
        return null;
    }

    // RFC 9112 section 3.2: exactly one Host with HTTP/1.1, never two, and always a host. An empty one names nothing.
    private HttpRefusal? CheckHost()
    {
        var hosts = _headers.FindAll(header => header.Name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase));
        return hosts.Count > 1 || (IsHttp11 && hosts.Count == 0) ? HttpRefusal.BadRequest
            : hosts is [{ Value: not "" and var value }] && !HostAuthority.TryParse(value, out _) ? HttpRefusal.HostSyntax
            : null;
    }

    // A byte beyond ASCII is a character of Latin-1: what it means is decided by whoever reads that header.
    private bool TryAddHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(s_tokenBytes))
        {
            return false; // a continuation of the line before (obs-fold) and a blank before the colon, too
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        foreach (var part in value)
        {
            if (part is (< (byte)' ' and not (byte)'\t') or 0x7F)
            {
                return false; // RFC 9110 section 5.5: no control characters
            }
        }

        _headers.Add((Encoding.Latin1.GetString(line[..colon]), Encoding.Latin1.GetString(value)));
        return true;
    }

    // The absolute form names the authority in the target.
    private static (string? Authority, string PathAndQuery) Split(string target)
    {
        if (!target.StartsWith(AbsolutePrefix, StringComparison.OrdinalIgnoreCase))
        {
            return (null, target);
        }

        var rest = target[AbsolutePrefix.Length..];
        var path = rest.AsSpan().IndexOfAny('/', '?');
        return path < 0 ? (rest, "/") : (rest[..path], rest[path] == '/' ? rest[path..] : "/" + rest[path..]);
    }
}
