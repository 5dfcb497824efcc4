using System.Buffers;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>The path of a <c>file:</c> URI.</summary>
internal static class UriPath
{
    // Beside controls and what is not ASCII, which are encoded always.
    private static readonly SearchValues<byte> s_encoded = SearchValues.Create(" \"#<>?`{}"u8);

    /// <summary>The path in normal form: dot segments gone, however they are spelled, and unfit characters percent-encoded.</summary>
    /// <param name="path">What stands behind the host.</param>
    /// <param name="hasDrive">Whether the first segment that is not empty is a drive of another platform.</param>
    /// <returns>A path that begins with a slash.</returns>
    public static string RemoveDotSegments(ReadOnlySpan<char> path, out bool hasDrive)
    {
        var segments = new List<string>();
        var rest = path.IsEmpty || path[0] is not ('/' or '\\') ? path : path[1..];
        var isLast = false;
        while (!isLast)
        {
            var end = rest.IndexOfAny('/', '\\');
            isLast = end < 0;
            var segment = isLast ? rest : rest[..end];
            rest = isLast ? default : rest[(end + 1)..];
            AddSegment(segments, segment, isLast);
        }

        var first = segments.FindIndex(segment => segment.Length > 0);
        hasDrive = first >= 0 && IsDrive(segments[first]);
        if (hasDrive)
        {
            segments.RemoveRange(0, first);
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>The bytes that a path in normal form stands for.</summary>
    public static byte[] Decode(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] == (byte)'%' && at + 2 < bytes.Length && IsHex(bytes[at + 1]) && IsHex(bytes[at + 2]))
            {
                bytes[length++] = (byte)((HexValue(bytes[at + 1]) << 4) | HexValue(bytes[at + 2]));
                at += 2;
            }
            else
            {
                bytes[length++] = bytes[at];
            }
        }

        return bytes[..length];
    }

    private static void AddSegment(List<string> segments, ReadOnlySpan<char> segment, bool isLast)
    {
        switch (Dots(segment))
        {
            case 2:
                // A drive is a root of its own.
                if (segments.Count > 1 || (segments.Count == 1 && !IsDrive(segments[0])))
                {
                    segments.RemoveAt(segments.Count - 1);
                }

                break;
            case 1:
                break;
            default:
                segments.Add(Encode(segment));
                return;
        }

        if (isLast)
        {
            segments.Add("");
        }
    }

    /// <summary>1 or 2 when the segment is that many dots, plain or encoded; else 0.</summary>
    public static int Dots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0 || ++dots > 2)
            {
                return 0;
            }

            segment = segment[length..];
        }

        return dots;
    }

    private static string Encode(ReadOnlySpan<char> segment)
    {
        var encoded = new StringBuilder(segment.Length);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in segment.EnumerateRunes())
        {
            if (rune.Value is > ' ' and < 0x7F && !s_encoded.Contains((byte)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                encoded.Append('%').Append(Convert.ToHexString([b]));
            }
        }

        return encoded.ToString();
    }

    private static bool IsDrive(string segment) =>
        segment.Length is 2 or 4 && char.IsAsciiLetter(segment[0]) && segment[1..].ToUpperInvariant() is ":" or "%3A";

    private static bool IsHex(byte b) => char.IsAsciiHexDigit((char)b);

    private static int HexValue(byte b) => char.IsAsciiDigit((char)b) ? b - '0' : (b | 0x20) - 'a' + 10;
}
