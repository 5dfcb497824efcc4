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

    /// <summary>The text in quotes, with quotes, backslashes and what does not print escaped.</summary>
    public static string Quoted(string text)
    {
        var shown = new StringBuilder("\"");
        foreach (var rune in Of(text).EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => shown.Append("\\\""),
                '\\' => shown.Append(@"\\"),
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                '\0' => shown.Append("\\0"),
                _ when IsPrintable(rune) => shown.Append(rune.ToString()),
                _ => shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
            };
        }

        return shown.Append('"').ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
