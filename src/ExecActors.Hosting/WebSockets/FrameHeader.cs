using System.Buffers.Binary;

namespace ExecActors.Hosting.WebSockets;

/// <summary>The head of a client's frame (RFC 6455 section 5.2).</summary>
/// <param name="Opcode">One of the constants here.</param>
/// <param name="IsFinal">Whether the message ends with this frame.</param>
/// <param name="Mask">The masking key as it came, read as a little-endian number.</param>
/// <param name="Length">Bytes of payload.</param>
internal readonly record struct FrameHeader(int Opcode, bool IsFinal, uint Mask, long Length)
{
    public const int Continuation = 0x0;
    public const int Text = 0x1;
    public const int Binary = 0x2;
    public const int Close = 0x8;
    public const int Ping = 0x9;
    public const int Pong = 0xA;

    /// <summary>Most payload of a control frame, in bytes.</summary>
    public const int MaxControlBytes = 125;

    private const int FinalBit = 0x80;
    private const int ReservedBits = 0x70;
    private const int OpcodeBits = 0x0F;
    private const int MaskBit = 0x80;
    private const int LengthBits = 0x7F;
    private const int LengthIn16Bits = 126;
    private const int LengthIn64Bits = 127;
    private const int MaskBytes = 4;

    /// <summary>Whether the frame belongs to no message: close, ping, pong.</summary>
    public bool IsControl => Opcode >= Close;

    /// <summary>Reads a head as soon as it is whole.</summary>
    /// <param name="bytes">What has arrived, from the frame's first byte on.</param>
    /// <param name="header">The head.</param>
    /// <returns>Bytes of the head; 0 when more have to come.</returns>
    /// <exception cref="WebSocketViolationException">No client may send this; known from the first two bytes, or from a length that cannot be.</exception>
    public static int Read(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return 0;
        }

        var opcode = bytes[0] & OpcodeBits;
        var isFinal = (bytes[0] & FinalBit) != 0;
        var shortLength = bytes[1] & LengthBits;
        Require((bytes[0] & ReservedBits) == 0, "a reserved bit is set although no extension was agreed on");
        if (opcode is (> Binary and < Close) or > Pong)
        {
            Require(holds: false, $"a frame has the reserved opcode {opcode}");
        }

        Require((bytes[1] & MaskBit) != 0, "a frame of a client came without a mask");
        Require(opcode < Close || isFinal, "a control frame is fragmented");
        Require(opcode < Close || shortLength <= MaxControlBytes, "a control frame is longer than 125 bytes");

        var lengthBytes = shortLength switch { LengthIn16Bits => sizeof(ushort), LengthIn64Bits => sizeof(ulong), _ => 0 };
        var used = 2 + lengthBytes + MaskBytes;
        if (bytes.Length < used)
        {
            return 0;
        }

        var length = lengthBytes switch
        {
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            sizeof(ulong) => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => shortLength,
        };
        Require(length >= 0, "the length of a frame has its highest bit set");
        Require(lengthBytes == 0 || length > (lengthBytes == sizeof(ushort) ? LengthIn16Bits - 1 : ushort.MaxValue), "the length of a frame takes more bytes than it needs");
        header = new FrameHeader(opcode, isFinal, BinaryPrimitives.ReadUInt32LittleEndian(bytes[(used - MaskBytes)..]), length);
        return used;
    }

    /// <summary>Writes the head of a server's text frame: final, without a mask.</summary>
    /// <param name="destination">At least <see cref="MaxServerBytes"/>.</param>
    /// <param name="length">Bytes of payload.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteText(Span<byte> destination, int length)
    {
        destination[0] = FinalBit | Text;
        switch (length)
        {
            case < LengthIn16Bits:
                destination[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                destination[1] = LengthIn16Bits;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
                return 2 + sizeof(ushort);
            default:
                destination[1] = LengthIn64Bits;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)length);
                return MaxServerBytes;
        }
    }

    /// <summary>Most bytes that <see cref="WriteText"/> writes.</summary>
    public const int MaxServerBytes = 2 + sizeof(ulong);

    /// <summary>Throws 1002 unless it holds.</summary>
    public static void Require(bool holds, string violation)
    {
        if (!holds)
        {
            throw new WebSocketViolationException(WebSocketViolationException.ProtocolError, violation);
        }
    }
}
