namespace ExecActors.Protocol;

/// <summary>Patterns of environment names: <c>*</c> is any run, <c>?</c> one character, all else itself; the whole name, without regard to case.</summary>
public static class EnvPattern
{
    /// <summary>Whether one of the patterns matches.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string name)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the pattern matches the whole name. Takes at most the product of both lengths in steps, whatever the stars.</summary>
    public static bool Matches(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++; // for now it stands for nothing
                starName = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || SameLetter(pattern[p], name[n])))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                // Only the last star has to give way: an earlier one that took more could not help it.
                p = star + 1;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    private static bool SameLetter(char a, char b) => a == b || char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
