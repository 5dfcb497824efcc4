using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>
/// The JSON reader refuses integers of more than a few hundred digits even where they are skipped. No member of the protocol can hold one,
/// so such a number is replaced by a fraction, which every integer member refuses alike.
/// </summary>
internal static class LongNumbers
{
    private const int Longest = 300;

    private static readonly SearchValues<byte> s_number = SearchValues.Create("+-.0123456789Ee"u8);

    /// <summary>A copy of checked JSON in which each long number is 0.5 and blanks.</summary>
    /// <returns>Null when there is no long number.</returns>
    public static byte[]? Shorten(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        for (var at = 0; at < json.Length;)
        {
            if (json[at] == (byte)'"')
            {
                at = StringEnd(json, at);
                continue;
            }

            var length = NumberLength(json[at..]);
            if (length > Longest)
            {
                copy ??= json.ToArray();
                var number = copy.AsSpan(at, length);
                number.Fill((byte)' ');
                "0.5"u8.CopyTo(number);
            }

            at += Math.Max(length, 1);
        }

        return copy;
    }

    private static int NumberLength(ReadOnlySpan<byte> json)
    {
        // The e of true and false is no number: a number begins with a digit or a minus.
        if (json[0] != (byte)'-' && !char.IsAsciiDigit((char)json[0]))
        {
            return 0;
        }

        var length = json.IndexOfAnyExcept(s_number);
        return length < 0 ? json.Length : length;
    }

    private static int StringEnd(ReadOnlySpan<byte> json, int at)
    {
        at++;
        while (at < json.Length && json[at] != (byte)'"')
        {
            at += json[at] == (byte)'\\' ? 2 : 1;
        }

        return at + 1;
    }
}
