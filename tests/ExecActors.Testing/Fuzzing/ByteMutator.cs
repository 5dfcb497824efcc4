using System.Text;

namespace ExecActors.Testing.Fuzzing;

/// <summary>Changes inputs a little, as a seed decides: bits, bytes, ranges, words that parsers trip over, pieces of other inputs.</summary>
/// <param name="random">Decides everything.</param>
/// <param name="corpus">What pieces are taken from.</param>
public sealed class ByteMutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private const int LongestInput = 64 * 1024;

    private static readonly byte[][] _words =
    [
        .. new[]
        {
            "\"", "\\", "\\u0000", "\\ud800", "\\uDC00", "\\u00e9", "\\/", "{", "}", "[", "]", ",", ":", "null", "true", "false", "0", "-0", "-1", "1.0", "1e3", "1e999",
            "9223372036854775807", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999", "{}", "[]", "\"\"", " ", "\t", "\n", "\r\n", "//", "/*",
            "NaN", "Infinity", "'", "undefined", "file:///", "file:", "%2f", "%00", "%", "..", "/../", "/./", "?", "#", "@", "localhost", "\\\\", "C:/", "**", "*", "ä", "😀", "\u2028",
            "YQ==", "YQ", "====", "id", "method", "params", "processId", "sandbox", "permissions", "entries", "path", "type",
        }.Select(Encoding.UTF8.GetBytes),
        [0], [0x1F], [0x7F], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xFF],
    ];

    /// <summary>One to eight changes to an input of the corpus.</summary>
    public byte[] Next() => Mutate(Pick(corpus));

    /// <summary>One to eight changes.</summary>
    public byte[] Mutate(byte[] input)
    {
        for (var changes = 1 + Below(Below(8) + 1); changes > 0; changes--)
        {
            input = Change(input);
        }

        return input.Length <= LongestInput ? input : input[..LongestInput];
    }

    private byte[] Change(byte[] input)
    {
        var (from, to) = Range(input.Length);
        return Below(10) switch
        {
            0 => With(input, from, bytes => (byte)(bytes ^ (1 << Below(8)))),
            1 => With(input, from, _ => (byte)Below(256)),
            2 => [.. input[..from], .. input[to..]],
            3 => [.. input[..to], .. input[from..]],
            4 => input[..from],
            5 => [.. input[..from], .. Piece(Pick(corpus)), .. input[to..]],
            6 => [.. input[..from], .. Pick(_words), .. input[to..]],
            7 => Swap(input),
            _ => [.. input[..from], .. Pick(_words), .. input[from..]],
        };
    }

    private byte[] Swap(byte[] input)
    {
        var (a, b) = Range(input.Length);
        var (c, d) = Range(input.Length - b);
        return [.. input[..a], .. input[(b + c)..(b + d)], .. input[b..(b + c)], .. input[a..b], .. input[(b + d)..]];
    }

    private byte[] Piece(byte[] input)
    {
        var (from, to) = Range(input.Length);
        return input[from..to];
    }

    private static byte[] With(byte[] input, int at, Func<byte, byte> change)
    {
        if (at == input.Length)
        {
            return input;
        }

        var changed = (byte[])input.Clone();
        changed[at] = change(changed[at]);
        return changed;
    }

    /// <summary>A range, mostly a short one.</summary>
    private (int From, int To) Range(int length)
    {
        var from = Below(length + 1);
        var most = Below(3) == 0 ? length - from : Math.Min(length - from, 12);
        return (from, from + Below(most + 1));
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    private int Below(int bound) => random.Next(bound);
}
