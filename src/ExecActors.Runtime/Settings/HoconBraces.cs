namespace ExecActors.Runtime.Settings;

/// <summary>Looks for a brace or bracket without its partner before the text goes to the HOCON parser, which does not return from one.</summary>
internal static class HoconBraces
{
    private const string TripleQuote = "\"\"\"";

    /// <summary>Checks the whole text; braces in strings and comments do not count.</summary>
    /// <exception cref="FormatException">Says what is open or closes nothing, and in which line.</exception>
    public static void RequireBalance(string hocon)
    {
        var open = new Stack<(char Brace, int Line)>();
        var line = 1;
        for (var i = 0; i < hocon.Length; i++)
        {
            switch (hocon[i])
            {
                case '\n':
                    line++;
                    break;
                case '"':
                    var end = EndOfString(hocon, i, line);
                    line += hocon.AsSpan(i, end - i).Count('\n');
                    i = end;
                    break;
                case '#':
                case '/' when i + 1 < hocon.Length && hocon[i + 1] == '/':
                    var newline = hocon.IndexOf('\n', i);
                    i = newline < 0 ? hocon.Length : newline - 1;
                    break;
                case '{' or '[':
                    open.Push((hocon[i], line));
                    break;
                case '}' or ']':
                    Close(open, hocon[i], line);
                    break;
                default:
                    break;
            }
        }

        if (open.TryPeek(out var left))
        {
            throw new FormatException($"`{left.Brace}` in line {left.Line} is not closed");
        }
    }

    private static void Close(Stack<(char Brace, int Line)> open, char brace, int line)
    {
        var partner = brace == '}' ? '{' : '[';
        if (!open.TryPop(out var last) || last.Brace != partner)
        {
            throw new FormatException($"`{brace}` in line {line} closes nothing");
        }
    }

    // The index of the last quote.
    private static int EndOfString(string text, int start, int line)
    {
        if (string.CompareOrdinal(text, start, TripleQuote, 0, TripleQuote.Length) == 0)
        {
            var end = text.IndexOf(TripleQuote, start + TripleQuote.Length, StringComparison.Ordinal);
            return end < 0 ? throw Unclosed(line) : end + TripleQuote.Length - 1;
        }

        for (var i = start + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i;
            }
        }

        throw Unclosed(line);
    }

    private static FormatException Unclosed(int line) => new($"the string that begins in line {line} is not closed");
}
