using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>What a frame carries (RFC 6455 section 5.2).</summary>
public enum WebSocketOpcode
{
    /// <summary>A further piece of a message.</summary>
    Continuation = 0,

    /// <summary>UTF-8 text.</summary>
    Text = 1,

    /// <summary>Bytes.</summary>
    Binary = 2,

    /// <summary>The end, with a code and a reason.</summary>
    Close = 8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 9,

    /// <summary>Answers a ping.</summary>
    Pong = 10,
}

/// <summary>One frame as it came.</summary>
public sealed record WebSocketFrame(bool Final, WebSocketOpcode Opcode, byte[] Payload)
{
    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; 1005 (none given) when it is empty.</summary>
    public int CloseCode => Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>The reason in a close frame.</summary>
    public string CloseReason => Payload.Length < 2 ? "" : Encoding.UTF8.GetString(Payload.AsSpan(2));

    /// <summary>Encodes a frame as a client sends it.</summary>
    /// <param name="opcode">Its kind.</param>
    /// <param name="payload">Its content.</param>
    /// <param name="final">False when the message goes on in a continuation frame.</param>
    /// <param name="masked">Clients must mask; false makes a frame that the server has to refuse.</param>
    public static byte[] Encode(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, bool final = true, bool masked = true)
    {
        var header = Header(opcode, payload.Length, final, masked);
        var frame = new byte[header.Length + (masked ? 4 : 0) + payload.Length];
        header.CopyTo(frame, 0);
        var body = frame.AsSpan(header.Length);
        if (!masked)
        {
            payload.CopyTo(body);
            return frame;
        }

        var mask = body[..4];
        RandomNumberGenerator.Fill(mask);
        for (var i = 0; i < payload.Length; i++)
        {
            body[4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        }

        return frame;
    }

    /// <summary>Only the header, announcing a payload of the given length.</summary>
    public static byte[] Header(WebSocketOpcode opcode, long length, bool final = true, bool masked = true)
    {
        var first = (byte)((final ? 0x80 : 0) | (int)opcode);
        var maskBit = masked ? 0x80 : 0;
        switch (length)
        {
            case < 126:
                return [first, (byte)(maskBit | (int)length)];
            case <= ushort.MaxValue:
                return [first, (byte)(maskBit | 126), (byte)(length >> 8), (byte)length];
            default:
                var header = new byte[10];
                header[0] = first;
                header[1] = (byte)(maskBit | 127);
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
                return header;
        }
    }
}
