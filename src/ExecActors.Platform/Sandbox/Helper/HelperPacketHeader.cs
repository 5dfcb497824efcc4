using System.Buffers.Binary;

namespace ExecActors.Platform;

/// <summary>The first bytes of every packet: which message it belongs to, and whether more of that message follows.</summary>
internal readonly struct HelperPacketHeader(uint id, HelperMessageKind kind, bool more, ushort method)
{
    /// <summary>Bytes of a header: id, kind, more, method; little-endian.</summary>
    public const int Size = 8;

    /// <summary>The request's number.</summary>
    public uint Id { get; } = id;

    /// <summary>What the message is.</summary>
    public HelperMessageKind Kind { get; } = kind;

    /// <summary>Whether this packet is not the message's last.</summary>
    public bool More { get; } = more;

    /// <summary>A number for the two ends.</summary>
    public ushort Method { get; } = method;

    /// <summary>The same, for another packet of the message.</summary>
    public HelperPacketHeader With(bool more) => new(Id, Kind, more, Method);

    /// <summary>Whether both are of one message.</summary>
    public bool IsSameMessage(HelperPacketHeader other) => Id == other.Id && Kind == other.Kind && Method == other.Method;

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
