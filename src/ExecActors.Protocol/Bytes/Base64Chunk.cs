using System.Buffers;
using System.Buffers.Text;

namespace ExecActors.Protocol;

/// <summary>Bytes as the protocol writes them: base64 of the standard alphabet, padded, without blanks and with unused bits zero.</summary>
public static class Base64Chunk
{
    private static readonly SearchValues<byte> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Room that decoding needs at most.</summary>
    /// <param name="base64Length">Length of the text in bytes, not negative.</param>
    public static int MaxDecodedLength(int base64Length) => Base64.GetMaxDecodedFromUtf8Length(base64Length);

    /// <summary>Decodes a whole text.</summary>
    /// <param name="base64">The text, unescaped.</param>
    /// <param name="destination">At least <see cref="MaxDecodedLength"/> long.</param>
    /// <param name="written">How many bytes it was; 0 on failure, when the destination's content means nothing.</param>
    /// <param name="error">What is wrong with the text, <see cref="ErrorCodes.InvalidParams"/>, in the reference server's words.</param>
    public static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> destination, out int written, out RpcError error)
    {
        error = default;
        var status = Base64.DecodeFromUtf8(base64, destination, out _, out written);
        if (status == OperationStatus.DestinationTooSmall)
        {
            throw new ArgumentException($"{destination.Length} bytes cannot hold {base64.Length} base64 digits.", nameof(destination));
        }

        // The decoder skips white space, which shows in the count, and ignores unused bits.
        if (status == OperationStatus.Done && written == ExactLength(base64) && UnusedBits(base64) == 0)
        {
            return true;
        }

        written = 0;
        error = Errors.InvalidParams(Explain(base64));
        return false;
    }

    /// <summary>Checks a whole text as <see cref="TryDecode"/> does, without decoding it.</summary>
    /// <param name="base64">The text, unescaped.</param>
    /// <param name="decodedLength">How many bytes it stands for; 0 on failure.</param>
    /// <param name="error">What is wrong with the text, <see cref="ErrorCodes.InvalidParams"/>, in the reference server's words.</param>
    public static bool TryMeasure(ReadOnlySpan<byte> base64, out int decodedLength, out RpcError error)
    {
        error = default;
        decodedLength = Math.Max(ExactLength(base64), 0);
        if (Base64.IsValid(base64, out var found) && found == ExactLength(base64) && UnusedBits(base64) == 0)
        {
            return true;
        }

        decodedLength = 0;
        error = Errors.InvalidParams(Explain(base64));
        return false;
    }

    private static int ExactLength(ReadOnlySpan<byte> base64)
    {
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        return base64.Length % 4 == 0 ? (base64.Length / 4 * 3) - padding : -1;
    }

    /// <summary>The bits of the last digit that belong to no byte.</summary>
    private static int UnusedBits(ReadOnlySpan<byte> base64)
    {
        var digits = base64.TrimEnd((byte)'=');
        return (digits.Length % 4) switch
        {
            2 => Value(digits[^1]) & 0xF,
            3 => Value(digits[^1]) & 0x3,
            _ => 0,
        };
    }

    /// <summary>Names the first thing wrong in a text that did not decode.</summary>
    private static string Explain(ReadOnlySpan<byte> base64)
    {
        // A stray last byte, such as a newline, is reported before anything else.
        if (base64.Length % 4 == 1 && base64[^1] != (byte)'=' && !s_alphabet.Contains(base64[^1]))
        {
            return Symbol(base64, base64.Length - 1);
        }

        var quad = (base64.Length - 1) / 4 * 4;
        var bad = base64.IndexOfAnyExcept(s_alphabet);
        if (bad >= 0 && (bad < quad || base64[bad] != (byte)'=' || bad - quad < 2))
        {
            return Symbol(base64, bad);
        }

        // From here on only the last quad can be wrong, and it has at least two digits before any padding.
        var last = base64[quad..];
        var digits = last.TrimEnd((byte)'=').Length;
        var padding = last.IndexOf((byte)'=');
        if (padding >= 0 && padding < digits)
        {
            return Symbol(base64, quad + padding);
        }

        if (digits < 2)
        {
            return $"Invalid input length: {base64.Length}";
        }

        return last.Length < 4
            ? "Invalid padding"
            : $"Invalid last symbol {last[digits - 1]}, offset {quad + digits - 1}.";
    }

    private static string Symbol(ReadOnlySpan<byte> base64, int offset) => $"Invalid symbol {base64[offset]}, offset {offset}.";

    private static int Value(byte digit) => (char)digit switch
    {
        >= 'A' and <= 'Z' => digit - 'A',
        >= 'a' and <= 'z' => digit - 'a' + 26,
        >= '0' and <= '9' => digit - '0' + 52,
        '+' => 62,
        _ => 63,
    };
}
