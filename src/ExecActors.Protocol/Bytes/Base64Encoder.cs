using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ExecActors.Protocol;

/// <summary>
/// Bytes to base64 (RFC 4648 section 4), with the widest instructions the machine has from the first call on. The framework's encoder reaches
/// them only once its callers have been compiled again, seconds into the life of a server; until then it was a quarter of what a server did.
/// </summary>
internal static class Base64Encoder
{
    private const int WideBytes = 48; // that become one register of text
    private const int NarrowBytes = 24;
    private const int HalfRegister = 16; // two loads of 16 bytes, of which 12 count, fill the narrow register

    /// <summary>Encodes all bytes, padded.</summary>
    /// <param name="bytes">What to encode.</param>
    /// <param name="text">At least <see cref="Base64.GetMaxEncodedToUtf8Length"/> long.</param>
    /// <returns>How many digits and padding signs were written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Encode(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        var done = Avx512Vbmi.IsSupported ? EncodeWide(bytes, text) : Avx2.IsSupported ? EncodeNarrow(bytes, text) : 0;
        Base64.EncodeToUtf8(bytes[done..], text[(done / 3 * 4)..], out _, out var written);
        return (done / 3 * 4) + written;
    }

    /// <summary>Encodes as many whole groups as it can read a register at a time. For machines with <see cref="Avx512Vbmi"/>.</summary>
    /// <returns>How many bytes were encoded, a multiple of three.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int EncodeWide(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        var alphabet = Vector512.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

        // Of every three bytes a, b, c a little-endian b a c b, in which the four digits begin at bits 10, 4, 22 and 16.
        var spread = Vector512.Create(
            (byte)1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 13, 12, 14, 13, 16, 15, 17, 16, 19, 18, 20, 19, 22, 21, 23, 22,
            25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31, 34, 33, 35, 34, 37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46);
        var digits = Vector512.Create(0x3036_242A_1016_040AUL).AsByte();

        var done = 0;
        while (bytes.Length >= Vector512<byte>.Count)
        {
            var groups = Avx512Vbmi.PermuteVar64x8(Vector512.Create(bytes), spread);
            var values = Avx512Vbmi.MultiShift(digits, groups.AsUInt64()); // two bits too many, which the look-up ignores
            Avx512Vbmi.PermuteVar64x8(alphabet, values).CopyTo(text);
            text = text[Vector512<byte>.Count..];
            bytes = bytes[WideBytes..];
            done += WideBytes;
        }

        return done;
    }

    /// <summary>Encodes as many whole groups as it can read a register at a time. For machines with <see cref="Avx2"/>.</summary>
    /// <returns>How many bytes were encoded, a multiple of three.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int EncodeNarrow(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        // As above; a multiplication moves each digit to its byte, since this width shifts whole words alike only.
        var spread = Vector256.Create(
            (byte)1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);

        var done = 0;
        while (bytes.Length >= NarrowBytes / 2 + HalfRegister)
        {
            var loaded = Vector256.Create(Vector128.Create(bytes), Vector128.Create(bytes[(NarrowBytes / 2)..]));
            var groups = Avx2.Shuffle(loaded, spread);
            var right = Avx2.MultiplyHigh(
                (groups & Vector256.Create(0x0FC0FC00U).AsByte()).AsUInt16(), Vector256.Create(0x04000040U).AsUInt16());
            var left = (groups & Vector256.Create(0x003F03F0U).AsByte()).AsUInt16() * Vector256.Create(0x01000010U).AsUInt16();
            Digits((right | left).AsByte()).CopyTo(text);
            text = text[Vector256<byte>.Count..];
            bytes = bytes[NarrowBytes..];
            done += NarrowBytes;
        }

        return done;
    }

    /// <summary>The signs of numbers below 64: each run of the alphabet is a fixed distance from the numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Digits(Vector256<byte> values)
    {
        var signed = values.AsSByte();
        var text = values + Vector256.Create((byte)'A');
        text += Vector256.GreaterThan(signed, Vector256.Create((sbyte)25)).AsByte() & Vector256.Create((byte)('a' - 'Z' - 1));
        text -= Vector256.GreaterThan(signed, Vector256.Create((sbyte)51)).AsByte() & Vector256.Create((byte)('z' + 1 - '0'));
        text -= Vector256.GreaterThan(signed, Vector256.Create((sbyte)61)).AsByte() & Vector256.Create((byte)('9' + 1 - '+'));
        return text + (Vector256.GreaterThan(signed, Vector256.Create((sbyte)62)).AsByte() & Vector256.Create((byte)('/' - '+' - 1)));
    }
}
