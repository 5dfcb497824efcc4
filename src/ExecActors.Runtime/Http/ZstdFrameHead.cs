using System.Buffers.Binary;

namespace ExecActors.Runtime.Http;

/// <summary>What the head of a zstd frame says of the memory that its decoder needs (RFC 8878 section 3.1.1.1).</summary>
internal static class ZstdFrameHead
{
    private const uint Magic = 0xFD2FB528;
    private const int Descriptor = 4;
    private const int AfterDescriptor = 5;
    private const int Shortest = 6;
    private const int IsSingleSegment = 0x20;

    /// <summary>The window in bytes.</summary>
    /// <param name="head">The frame from its beginning on.</param>
    /// <returns>Null when more of it is needed; 0 of what is no such frame: one to skip, or nothing that decodes.</returns>
    public static ulong? Window(ReadOnlySpan<byte> head)
    {
        if (head.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic)
        {
            return 0;
        }

        if (head.Length < Shortest)
        {
            return null;
        }

        return (head[Descriptor] & IsSingleSegment) == 0 ? OfExponent(head[AfterDescriptor]) : ContentSize(head);
    }

    private static ulong OfExponent(byte window)
    {
        var whole = 1UL << (10 + (window >> 3));
        return whole + (whole / 8 * (ulong)(window & 7));
    }

    // A frame in one segment has no window: its content is decoded into one piece.
    private static ulong? ContentSize(ReadOnlySpan<byte> head)
    {
        var dictionaryBytes = (head[Descriptor] & 3) switch
        {
            3 => 4,
            var length => length,
        };
        var size = head[(AfterDescriptor + dictionaryBytes)..];
        return (head[Descriptor] >> 6) switch
        {
            0 => size.Length < 1 ? null : size[0],
            1 => size.Length < 2 ? null : BinaryPrimitives.ReadUInt16LittleEndian(size) + 256UL,
            2 => size.Length < 4 ? null : BinaryPrimitives.ReadUInt32LittleEndian(size),
            _ => size.Length < 8 ? null : BinaryPrimitives.ReadUInt64LittleEndian(size),
        };
    }
}
