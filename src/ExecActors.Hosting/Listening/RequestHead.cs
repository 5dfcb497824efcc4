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

    private const string Http11 = "HTTP/1.1";
    private const string Http10 = "HTTP/1.0";
    private const string AbsolutePrefix = "http://";

    private static readonly SearchValues<byte> s_tokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private readonly List<(string Name, string Value)> _headers = [];
    private readonly string? _authority;

    private RequestHead(string method, string target, string version)
    {
        Method = method;
        IsHttp11 = version is Http11;
        (_authority, var pathAndQuery) = Split(target);
        Path = pathAndQuery.Split('?', 2)[0];
    }

    /// <inheritdoc/>
    public string Method { get; }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public bool IsHttp11 { get; }

    /// <summary>Whether a body follows, which is not read here: what comes behind it cannot be told from it.</summary>
    public bool HasBody => Has(HeaderNames.TransferEncoding) || this[HeaderNames.ContentLength].Any(length => length is not "0");

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

    /// <summary>Reads a head as soon as it is whole.</summary>
    /// <param name="bytes">What has arrived, from the request's first byte on.</param>
    /// <param name="head">The head; null when more has to come, or when it is refused.</param>
    /// <param name="refusal">What to answer to bytes that are no request; the connection cannot be used after it. Null otherwise.</param>
    /// <returns>Bytes of the head with the blank line behind it; 0 when more have to come or it is refused.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out RequestHead? head, out HttpRefusal? refusal)
    {
        (head, refusal) = (null, null);
        var blank = bytes.StartsWith("\r\n"u8) ? 2 : 0; // RFC 9112 section 2.2: one blank line before a request is tolerated
        var text = bytes[blank..];
        var end = text.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            refusal = !MayBegin(text) ? HttpRefusal.BadRequest : bytes.Length >= MaxBytes ? HttpRefusal.HeadTooLarge : null;
            return 0;
        }

        refusal = Parse(text[..end], out head);
        if (refusal is not null)
        {
            head = null;
            return 0;
        }

        return blank + end + 4;
    }

    // So that a peer that speaks something else hears of it at once.
    private static bool MayBegin(ReadOnlySpan<byte> text) => text.IsEmpty || text[0] == '\r' || s_tokenBytes.Contains(text[0]);

    private static HttpRefusal? Parse(ReadOnlySpan<byte> text, out RequestHead? head)
    {
        head = null;
        foreach (var range in text.Split("\r\n"u8))
        {
            var line = text[range];
            if (head is null)
            {
                if (ParseRequestLine(line, out head) is { } refusal)
                {
                    return refusal;
                }
            }
            else if (!head.TryAddHeader(line))
            {
                return HttpRefusal.BadRequest;
            }
        }

        // RFC 9112 section 3.2: exactly one Host with HTTP/1.1, and never two.
        var hosts = head!._headers.Count(header => header.Name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase));
        return hosts > 1 || (head.IsHttp11 && hosts == 0) ? HttpRefusal.BadRequest : null;
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
        var version = Encoding.Latin1.GetString(line[(versionStart + 1)..]);
        if (method.ContainsAnyExcept(s_tokenBytes) || target.IsEmpty || target.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return HttpRefusal.BadRequest;
        }

        if (version is not (Http11 or Http10))
        {
            return version.StartsWith("HTTP/", StringComparison.Ordinal) ? HttpRefusal.Version : HttpRefusal.BadRequest;
        }

        head = new RequestHead(Encoding.Latin1.GetString(method), Encoding.Latin1.GetString(target), version);
        return head.Path.StartsWith('/') || head.Path is "*" ? null : HttpRefusal.BadRequest;
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
        if (value.ContainsAny((byte)'\r', (byte)'\n', (byte)'\0'))
        {
            return false;
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
