using System.Globalization;
using ExecActors.Hosting.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ExecActors.Hosting.Listening;

/// <summary>What a request's head says of a body behind it (RFC 9112 section 6). Everything that a proxy could take in another way is refused.</summary>
internal static class BodyFraming
{
    /// <summary>Judges the two headers that frame a body.</summary>
    /// <param name="request">The head.</param>
    /// <param name="hasBody">Whether a body follows.</param>
    /// <returns>The refusal; null when the framing is plain.</returns>
    public static HttpRefusal? Check(IRequestHead request, out bool hasBody)
    {
        var lengths = request[HeaderNames.ContentLength];
        var codings = request[HeaderNames.TransferEncoding];
        hasBody = codings.Count > 0;
        if (hasBody)
        {
            return CheckCodings(request, codings, hasLength: lengths.Count > 0);
        }

        if (lengths.Count == 0)
        {
            return null;
        }

        if (lengths.Count > 1 || !long.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return HttpRefusal.ContentLength;
        }

        hasBody = length > 0;
        return null;
    }

    private static HttpRefusal? CheckCodings(IRequestHead request, StringValues codings, bool hasLength)
    {
        if (hasLength || !request.IsHttp11 || codings.Count > 1)
        {
            return HttpRefusal.TransferEncoding;
        }

        // Chunked has to be the last, and here it is the only one that is known.
        return string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase) ? null
            : codings[0]!.EndsWith("chunked", StringComparison.OrdinalIgnoreCase) ? HttpRefusal.TransferCoding
            : HttpRefusal.TransferEncoding;
    }
}
