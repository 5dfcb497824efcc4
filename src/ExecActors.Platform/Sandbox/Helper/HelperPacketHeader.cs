using System.Buffers.Binary;

namespace ExecActors.Platform;

/// <summary>The first bytes of every packet: which message it belongs to, and whether more of that message follows.</summary>
/// <param name="Id">The request's number.</param>
/// <param name="Kind">What the message is.</param>
/// <param name="More">Whether this packet is not the message's last.</param>
/// <param name="Method">A number for the two ends.</param>
internal readonly record struct HelperPacketHeader(uint Id, HelperMessageKind Kind, bool More, ushort Method)
{
    /// <summary>Bytes of a header: id, kind, more, method; little-endian.</summary>
    public const int Size = 8;

    /// <summary>Lays it out.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Id);
        destination[4] = (byte)Kind;
        destination[5] = More ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], Method);
    }

    /// <summary>Reads what <see cref="Write"/> laid out; any bytes are some header.</summary>
    public static HelperPacketHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (HelperMessageKind)bytes[4],
        bytes[5] != 0,
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
}
