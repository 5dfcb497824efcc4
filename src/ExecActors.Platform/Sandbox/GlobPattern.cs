using System.Text;

namespace ExecActors.Platform;

/// <summary>Pure text work of patterns: alternatives, components, and whether one component matches a name. One character per byte throughout.</summary>
public static class GlobPattern
{
    private const int MaxAlternatives = 256;

    /// <summary>Whether a component has nothing but literal characters.</summary>
    internal static bool IsLiteral(string component) => component.AsSpan().IndexOfAny("*?[\\") < 0;

    /// <summary>A path as a pattern that matches nothing else.</summary>
    public static string Escape(UnixPath path)
    {
        var escaped = new StringBuilder();
        foreach (var character in path.Raw)
        {
            _ = (character is '*' or '?' or '[' or ']' or '{' or '}' or '\\' or ',' ? escaped.Append('\\') : escaped).Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>Writes out <c>{a,b}</c>: the patterns without braces that a pattern stands for.</summary>
    /// <exception cref="SandboxException">More than 256 of them, or a brace without its partner.</exception>
    internal static List<string> Alternatives(string pattern)
    {
        var done = new List<string>();
        var open = new Stack<string>([pattern]);
        while (open.TryPop(out var next))
        {
            if (done.Count + open.Count > MaxAlternatives)
            {
                throw Refuse(pattern, "stands for more than 256 alternatives; write fewer");
            }

            var start = FindOutside(next, 0, '{');
            if (start < 0)
            {
                done.Add(next);
                continue;
            }

            foreach (var alternative in Split(pattern, next, start, out var end).AsEnumerable().Reverse())
            {
                open.Push($"{next[..start]}{alternative}{next[(end + 1)..]}");
            }
        }

        return done;
    }

    /// <summary>Whether a name matches one component: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a]</c>, <c>\x</c>. A leading dot is nothing special.</summary>
    internal static bool Matches(ReadOnlySpan<char> component, ReadOnlySpan<char> name)
    {
        int pattern = 0, text = 0, star = -1, starText = 0;
        while (text < name.Length)
        {
            if (pattern < component.Length && component[pattern] == '*')
            {
                star = pattern++;
                starText = text;
            }
            else if (pattern < component.Length && MatchOne(component, ref pattern, name[text]))
            {
                text++;
            }
            else if (star >= 0)
            {
                pattern = star + 1;
                text = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (pattern < component.Length && component[pattern] == '*')
        {
            pattern++;
        }

        return pattern == component.Length;
    }

    internal static SandboxException Refuse(string pattern, string reason) =>
        new($"the sandbox policy's pattern `{UnixPath.FromRaw("/" + pattern.TrimStart('/'))}` {reason}");

    // Moves on only when it matches.
    private static bool MatchOne(ReadOnlySpan<char> component, ref int pattern, char character)
    {
        var next = pattern + 1;
        bool matches;
        switch (component[pattern])
        {
            case '?':
                matches = true;
                break;
            case '[' when EndOfClass(component, pattern) is var end and > 0:
                matches = MatchClass(component[(pattern + 1)..end], character);
                next = end + 1;
                break;
            case '\\' when next < component.Length:
                matches = component[next] == character;
                next++;
                break;
            default:
                matches = component[pattern] == character;
                break;
        }

        pattern = matches ? next : pattern;
        return matches;
    }

    // A bracket right after the opening one, or after its exclamation mark, is a member.
    private static int EndOfClass(ReadOnlySpan<char> component, int start)
    {
        var first = start + 1;
        if (first < component.Length && component[first] is '!' or '^')
        {
            first++;
        }

        return first + 1 >= component.Length ? -1 : component[(first + 1)..].IndexOf(']') is var offset and >= 0 ? first + 1 + offset : -1;
    }

    private static bool MatchClass(ReadOnlySpan<char> members, char character)
    {
        var negated = members[0] is '!' or '^';
        var found = false;
        for (var i = negated ? 1 : 0; i < members.Length; i++)
        {
            if (i + 2 < members.Length && members[i + 1] == '-')
            {
                found |= character >= members[i] && character <= members[i + 2];
                i += 2;
            }
            else
            {
                found |= members[i] == character;
            }
        }

        return found != negated;
    }

    private static List<string> Split(string whole, string pattern, int start, out int end)
    {
        var parts = new List<string>();
        var depth = 0;
        var from = start + 1;
        for (end = start; end < pattern.Length; end++)
        {
            switch (pattern[end])
            {
                case '\\':
                    end++;
                    break;
                case '{':
                    depth++;
                    break;
                case ',' when depth == 1:
                    parts.Add(pattern[from..end]);
                    from = end + 1;
                    break;
                case '}' when --depth == 0:
                    parts.Add(pattern[from..end]);
                    return parts;
                default:
                    break;
            }
        }

        throw Refuse(whole, "has a brace that is not closed; close it, or put a backslash before it");
    }

    private static int FindOutside(string pattern, int from, char wanted)
    {
        for (var i = from; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] == wanted)
            {
                return i;
            }
        }

        return -1;
    }
}
