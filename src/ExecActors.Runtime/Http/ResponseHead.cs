using System.Net.Http.Headers;

using ExecActors.Protocol;

namespace ExecActors.Runtime.Http;

/// <summary>The header lines of a response in the order they came.</summary>
/// <remarks>
/// SocketsHttpHandler sorts response headers into two collections and takes some apart. It asks for the encoding of each value while it
/// reads, though, and so tells the names in their order; a message carries a list that takes them down.
/// </remarks>
internal static class ResponseHead
{
    private static readonly HttpRequestOptionsKey<List<string>> s_names = new("execactors.response-header-names");

    /// <summary>Has the names of the response's headers taken down.</summary>
    public static void Prepare(HttpRequestMessage message) => message.Options.Set(s_names, new List<string>(16));

    /// <summary>A header of the response to a message is read.</summary>
    public static void TakeDown(HttpRequestMessage message, string name)
    {
        if (message.Options.TryGetValue(s_names, out var names))
        {
            names.Add(name);
        }
    }

    /// <summary>The lines, names in lower case; repeated ones one by one at the place of the first.</summary>
    public static List<HttpHeaderLine> Lines(HttpRequestMessage message, HttpResponseMessage response)
    {
        var lines = new List<HttpHeaderLine>(16);
        var names = message.Options.TryGetValue(s_names, out var taken) ? taken : [];
        var general = response.Headers.NonValidated;
        var ofTheBody = response.Content.Headers.NonValidated;
        var times = new Dictionary<string, int>(names.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            times[name] = times.GetValueOrDefault(name) + 1;
        }

        var found = 0;
        foreach (var name in names)
        {
            // At the first of them; the others find none left.
            if (times.TryGetValue(name, out var count) && count > 0
                && (general.TryGetValues(name, out var values) || ofTheBody.TryGetValues(name, out values)))
            {
                times[name] = 0;
                found++;
                Add(lines, name, values, isOne: count == 1);
            }
        }

        if (found < general.Count + ofTheBody.Count)
        {
            AddRest(lines, general, times);
            AddRest(lines, ofTheBody, times);
        }

        return lines;
    }

    // Those that nobody took down: of a handler that is not asked for encodings.
    private static void AddRest(List<HttpHeaderLine> lines, HttpHeadersNonValidated headers, Dictionary<string, int> takenDown)
    {
        foreach (var (name, values) in headers)
        {
            if (takenDown.TryAdd(name, 1))
            {
                Add(lines, name, values, isOne: false);
            }
        }
    }

    private static void Add(List<HttpHeaderLine> lines, string name, HeaderStringValues values, bool isOne)
    {
        name = name.ToLowerInvariant();
        if (isOne)
        {
            lines.Add(new(name, values.Count == 1 ? values.ToString() : string.Join(", ", values))); // the handler took it apart
            return;
        }

        foreach (var value in values)
        {
            lines.Add(new(name, value));
        }
    }
}
