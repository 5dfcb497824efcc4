using System.Globalization;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>What a client sent, made fit to be shown back to it in a refusal.</summary>
internal static class Echo
{
    /// <summary>Characters of a client's text that a refusal repeats; the reference server repeats all of it.</summary>
    public const int Limit = 1024;

    /// <summary>The text itself, cut at <see cref="Limit"/> with an ellipsis in place of the rest.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Limit)
        {
            return text;
        }

        var kept = char.IsHighSurrogate(text[Limit - 1]) ? Limit - 1 : Limit;
        return string.Concat(text.AsSpan(0, kept), "…");
    }

    /// <summary>The text in quotes, with quotes, backslashes and control characters escaped.</summary>
    public static string Quoted(string text)
    {
        var shown = new StringBuilder("\"");
        foreach (var c in Of(text))
        {
            _ = c switch
            {
                '"' => shown.Append("\\\""),
                '\\' => shown.Append(@"\\"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                '\0' => shown.Append("\\0"),
                _ when char.IsControl(c) => shown.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}"),
                _ => shown.Append(c),
            };
        }

        return shown.Append('"').ToString();
    }
}
