using System.Globalization;

namespace ExecActors.Runtime.Http;

/// <summary>Whether a response says in one way only where its body ends (RFC 9112 section 6.3). Of two ways a proxy may have taken the other one.</summary>
internal static class ResponseFraming
{
    /// <summary>Judges the head of a response; one that has no body by its status or method is plain whatever it says.</summary>
    public static bool IsPlain(HttpRequestMessage message, HttpResponseMessage response)
    {
        if (message.Method == HttpMethod.Head || (int)response.StatusCode is 204 or 304)
        {
            return true;
        }

        var hasCodings = response.Headers.NonValidated.TryGetValues("Transfer-Encoding", out var codings);
        var hasLengths = response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths);
        return (hasCodings, hasLengths) switch
        {
            (true, true) => false,
            (true, false) => response.Version >= System.Net.HttpVersion.Version11 && IsChunkedAtMostLast(codings),
            (false, true) => IsOneLength(lengths),
            _ => true,
        };
    }

    /// <summary>Digits, and the same number where there are several lines.</summary>
    private static bool IsOneLength(IEnumerable<string> lengths)
    {
        long? one = null;
        foreach (var text in lengths)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || (one is not null && one != length))
            {
                return false;
            }

            one = length;
        }

        return true;
    }

    // The framework takes chunks off wherever the word stands; the protocol says that it is the last, once.
    private static bool IsChunkedAtMostLast(IEnumerable<string> codings)
    {
        var names = codings.SelectMany(line => line.Split(',')).Select(coding => coding.Trim()).ToList();
        var first = names.FindIndex(coding => coding.Equals("chunked", StringComparison.OrdinalIgnoreCase));
        return first < 0 || first == names.Count - 1;
    }
}
