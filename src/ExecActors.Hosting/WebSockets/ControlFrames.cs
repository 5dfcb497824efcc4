using System.Buffers.Binary;
using System.Text;

namespace ExecActors.Hosting.WebSockets;

/// <summary>Control frames a server writes itself (RFC 6455 section 5.5): unmasked, at most 125 bytes of payload.</summary>
internal static class ControlFrames
{
    private const int MaxReasonBytes = 123;

    /// <summary>A ping with an empty payload, as the reference server sends it.</summary>
    public static byte[] Ping { get; } = [0x89, 0x00];

    /// <summary>A pong with the payload of a ping, at most <see cref="FrameHeader.MaxControlBytes"/>.</summary>
    public static byte[] Pong(ReadOnlySpan<byte> payload) => [0x8A, (byte)payload.Length, .. payload];

    /// <summary>A close frame. A reason longer than 123 bytes of UTF-8 is cut at a character.</summary>
    public static ReadOnlyMemory<byte> Close(int code, string reason)
    {
        var frame = new byte[4 + MaxReasonBytes];
        frame[0] = 0x88;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        Encoding.UTF8.GetEncoder().Convert(reason, frame.AsSpan(4), flush: true, out _, out var reasonBytes, out _);
        frame[1] = (byte)(2 + reasonBytes);
        return frame.AsMemory(0, 4 + reasonBytes);
    }
}
