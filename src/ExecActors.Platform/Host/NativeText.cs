using System.Buffers;
using System.Text;

namespace ExecActors.Platform;

/// <summary>Text that stands for bytes of the system which need not be UTF-8: variables, file names, arguments.</summary>
/// <remarks>
/// What is UTF-8 is that text. Any other byte is the lone low surrogate U+DC80 to U+DCFF with its last eight bits, which no text has, so every sequence
/// of bytes comes back as it was. Messages of clients cannot have such characters: a lone surrogate is no JSON (docs/PROTOCOL.md). Nor can they be
/// written into one.
/// </remarks>
public static class NativeText
{
    private const int FirstEscape = 0xDC80;
    private const int LastEscape = 0xDCFF;
    private const int EscapeBase = 0xDC00;

    /// <summary>The text of the bytes.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                foreach (var part in bytes[..used])
                {
                    text.Append((char)(EscapeBase | part));
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes that the text stands for.</summary>
    /// <exception cref="ArgumentException">It has half a surrogate pair that stands for no byte.</exception>
    public static byte[] ToBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[CountBytes(text)];
        Write(text, bytes);
        return bytes;
    }

    /// <summary>Whether it stands for bytes that are not UTF-8, and so can go into no message.</summary>
    public static bool HasForeignBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return MayHaveEscapes(text) && Measure(text).Lone > 0;
    }

    /// <summary>Whether it has half a surrogate pair that stands for no byte either.</summary>
    internal static bool IsBroken(string text) => MayHaveEscapes(text) && Measure(text).IsBroken;

    /// <summary>For people: each byte that is not UTF-8 as <c>\xFF</c>.</summary>
    public static string Show(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!MayHaveEscapes(text))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var unit = text[i];
            if (char.IsHighSurrogate(unit) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                shown.Append(unit).Append(text[++i]);
            }
            else if (char.IsSurrogate(unit))
            {
                _ = IsEscape(unit)
                    ? shown.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{unit & 0xFF:X2}")
                    : shown.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }
            else
            {
                shown.Append(unit);
            }
        }

        return shown.ToString();
    }

    /// <summary>How many bytes it stands for.</summary>
    internal static int CountBytes(string text) => MayHaveEscapes(text) ? Measure(text).Bytes : Encoding.UTF8.GetByteCount(text);

    /// <summary>Writes the bytes that it stands for.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="ArgumentException">It has half a surrogate pair that stands for no byte.</exception>
    internal static int Write(string text, Span<byte> destination)
    {
        if (!MayHaveEscapes(text))
        {
            return Encoding.UTF8.GetBytes(text, destination);
        }

        var written = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                written += rune.EncodeToUtf8(destination[written..]);
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                destination[written++] = IsEscape(text[i])
                    ? (byte)text[i]
                    : throw new ArgumentException($"'{Show(text)}' has half a surrogate pair, which stands for no bytes", nameof(text));
            }
        }

        return written;
    }

    // Only for a text that has a surrogate of any kind; all others take the fast way.
    private static (int Bytes, int Lone, bool IsBroken) Measure(string text)
    {
        var (bytes, lone, isBroken) = (0, 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                bytes += rune.Utf8SequenceLength;
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                bytes++;
                lone++;
                isBroken |= !IsEscape(text[i]);
            }
        }

        return (bytes, lone, isBroken);
    }

    private static bool MayHaveEscapes(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    private static bool IsEscape(char unit) => (int)unit is >= FirstEscape and <= LastEscape;
}
