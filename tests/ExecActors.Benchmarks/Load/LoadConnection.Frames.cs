using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Benchmarks.Load;

/// <content>RFC 6455, as far as a client on loopback needs it.</content>
internal sealed partial class LoadConnection
{
    private const int BufferBytes = 256 * 1024;
    private const int LongestFrame = 4 * 1024 * 1024; // servers bound frames more tightly than messages
    private const int QuickAck = 12;
    private const byte Last = 0x80, Masked = 0x80, Text = 1, Close = 8, Ping = 9;

    private readonly ArrayBufferWriter<byte> _message = new(BufferBytes);
    private readonly ArrayBufferWriter<byte> _outgoing = new(BufferBytes);
    private byte[] _received = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Whether a whole message is here already.</summary>
    public bool HasMessage => TryHeader(out _, out var header, out var length) && _end - _start >= header + length;

    /// <summary>Sends what was queued.</summary>
    public void Flush()
    {
        if (_outgoing.WrittenCount > 0)
        {
            SendAll(_outgoing.WrittenSpan);
            _outgoing.ResetWrittenCount();
        }
    }

    private void Upgrade(int port)
    {
        SendAll(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        int head;
        while ((head = _received.AsSpan(0, _end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Receive(1);
        }

        var status = Encoding.ASCII.GetString(_received.AsSpan(0, _received.AsSpan(0, head + 1).IndexOf((byte)'\r')));
        if (!status.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            throw new LoadException($"the server did not take the WebSocket: {status}");
        }

        _start = head + 4;
    }

    private void Send(ReadOnlySpan<byte> message)
    {
        var opcode = Text;
        do
        {
            var piece = message[..Math.Min(message.Length, LongestFrame)];
            message = message[piece.Length..];
            Queue(message.IsEmpty ? (byte)(opcode | Last) : opcode, piece);
            opcode = 0;
        }
        while (!message.IsEmpty);
    }

    private void Queue(byte first, ReadOnlySpan<byte> payload)
    {
        var header = _outgoing.GetSpan(14);
        header[0] = first;
        var used = 2;
        switch (payload.Length)
        {
            case < 126:
                header[1] = (byte)(Masked | payload.Length);
                break;
            case <= ushort.MaxValue:
                header[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
                used = 4;
                break;
            default:
                header[1] = Masked | 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payload.Length);
                used = 10;
                break;
        }

        header.Slice(used, 4).Clear(); // the masking key
        _outgoing.Advance(used + 4);
        if (payload.Length >= BufferBytes)
        {
            Flush();
            SendAll(payload);
        }
        else
        {
            _outgoing.Write(payload);
        }
    }

    private ReadOnlyMemory<byte> NextFrame()
    {
        while (true)
        {
            byte first;
            int header;
            long length;
            while (!TryHeader(out first, out header, out length))
            {
                Receive(1);
            }

            if (length > int.MaxValue / 2)
            {
                throw new LoadException($"the server sent a frame of {length} bytes");
            }

            while (_end - _start < header + length)
            {
                Receive((int)(header + length - (_end - _start)));
            }

            var payload = _received.AsMemory(_start + header, (int)length);
            _start += header + (int)length;
            switch (first)
            {
                case Last | Text:
                    return payload;
                case Last | Ping:
                    Queue(Last | 10, payload.Span);
                    Flush();
                    break;
                case Last | Close:
                    throw new LoadException($"the server closed the connection: {Encoding.UTF8.GetString(payload.Span[Math.Min(2, payload.Length)..])}");
                default:
                    throw new LoadException($"the server sent a frame of a kind that this client does not take: {first:x2}");
            }
        }
    }

    private bool TryHeader(out byte first, out int header, out long length)
    {
        var bytes = _received.AsSpan(_start, _end - _start);
        (first, header, length) = (0, 0, 0);
        if (bytes.Length < 2)
        {
            return false;
        }

        first = bytes[0];
        (header, length) = bytes[1] switch
        {
            126 when bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 when bytes.Length >= 10 => (10, BinaryPrimitives.ReadInt64BigEndian(bytes[2..])),
            < 126 => (2, bytes[1]),
            _ => (0, 0),
        };
        return header > 0;
    }

    // Makes room for so many further bytes and receives what there is.
    private void Receive(int needed)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }

        if (_received.Length - _end < needed)
        {
            var target = _end - _start + needed > _received.Length ? new byte[Math.Max(_received.Length * 2, _end - _start + needed)] : _received;
            _received.AsSpan(_start, _end - _start).CopyTo(target);
            _end -= _start;
            _start = 0;
            _received = target;
        }

        var count = _socket.Receive(_received.AsSpan(_end));
        if (count == 0)
        {
            throw new LoadException("the server ended the connection");
        }

        _end += count;
        if (_quickAck)
        {
            _socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, QuickAck, BitConverter.GetBytes(1));
        }
    }

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }
}
