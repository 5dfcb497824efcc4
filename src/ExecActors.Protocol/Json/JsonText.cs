using System.Globalization;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>JSON strings of an already checked frame, turned into text.</summary>
internal static class JsonText
{
    /// <summary>The UTF-16 unit of an escape <c>\uXXXX</c> at the start of <paramref name="json"/>; -1 when there is none.</summary>
    public static int HexUnit(ReadOnlySpan<byte> json)
    {
        if (json.Length < 6 || json[0] != (byte)'\\' || json[1] != (byte)'u')
        {
            return -1;
        }

        var unit = 0;
        foreach (var b in json[2..6])
        {
            if (!char.IsAsciiHexDigit((char)b))
            {
                return -1;
            }

            unit = (unit << 4) | (char.IsAsciiDigit((char)b) ? b - '0' : (b | 0x20) - 'a' + 10);
        }

        return unit;
    }

    /// <summary>Resolves the escapes of a checked string's content.</summary>
    /// <param name="content">What stands between the quotes.</param>
    /// <param name="destination">At least as long as the content.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Unescape(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var run = content.IndexOf((byte)'\\');
            if (run < 0)
            {
                content.CopyTo(destination[written..]);
                return written + content.Length;
            }

            content[..run].CopyTo(destination[written..]);
            written += run;
            content = content[run..];
            if (content[1] != (byte)'u')
            {
                destination[written++] = Short(content[1]);
                content = content[2..];
                continue;
            }

            var unit = (char)HexUnit(content);
            content = content[6..];
            if (char.IsHighSurrogate(unit) && Rune.TryCreate(unit, (char)Math.Max(HexUnit(content), 0), out var rune))
            {
                content = content[6..];
            }
            else if (!Rune.TryCreate(unit, out rune))
            {
                rune = Rune.ReplacementChar; // half a pair: the scan lets none pass
            }

            written += rune.EncodeToUtf8(destination[written..]);
        }
    }

    /// <summary>A checked string token, quotes included, as text.</summary>
    public static string Decode(ReadOnlySpan<byte> token)
    {
        var content = token[1..^1];
        if (!content.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(content);
        }

        var rented = ScratchPool<byte>.Rent(content.Length);
        try
        {
            return Encoding.UTF8.GetString(rented.AsSpan(0, Unescape(content, rented)));
        }
        finally
        {
            ScratchPool<byte>.Return(rented);
        }
    }

    /// <summary>A JSON integer in the signed 64-bit range; fractions and exponents are none, whatever their value.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> token, out long value) =>
        long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static byte Short(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };
}
