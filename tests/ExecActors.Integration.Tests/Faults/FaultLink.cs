using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A WebSocket that ends by itself after a given number of bytes, in the middle of whatever was under way.</summary>
/// <remarks>Once it has ended, sends go nowhere and receives give null. What the server did, and what the cut did, is told apart by <see cref="IsCut"/>.</remarks>
internal sealed class FaultLink : IDisposable
{
    private const int ReadBytes = 64 * 1024;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Cut _cut;
    private byte[] _buffer = new byte[ReadBytes];
    private int _start;
    private int _end;
    private long _sent;
    private long _received;

    private FaultLink(Cut cut) => _cut = cut;

    /// <summary>Whether the cut has struck.</summary>
    public bool IsCut { get; private set; }

    /// <summary>How the server ended it; empty while it has not.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>Connects and asks for the upgrade. What the cut leaves of that is for <see cref="ReceiveAsync"/> to find out.</summary>
    public static async Task<FaultLink> ConnectAsync(IPEndPoint server, Cut cut)
    {
        var link = new FaultLink(cut);
        await Patience.ForAsync(link._socket.ConnectAsync(server), () => $"a connection to {server}");
        await link.SendBytesAsync(RawHttp.Request(server, "GET", "/", RawHttp.UpgradeHeaders));
        return link;
    }

    /// <summary>Waits for the upgrade.</summary>
    /// <returns>False when the connection ended before.</returns>
    public async Task<bool> UpgradedAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync())
            {
                return false;
            }
        }

        var answer = Encoding.ASCII.GetString(_buffer, _start, end);
        _start += end + 4;
        return answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) ? true : throw new FaultFoundException($"the upgrade was answered {answer}");
    }

    /// <summary>Sends one text message.</summary>
    public Task SendAsync(string text) => SendBytesAsync(WebSocketFrame.Encode(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text)));

    /// <summary>The next message; null when the connection has ended. The bytes are good until the next call.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync()
    {
        while (true)
        {
            if (TryTakeFrame(out var first, out var payload))
            {
                switch (first & 0x0F)
                {
                    case (int)WebSocketOpcode.Text when (first & 0x80) != 0:
                        return payload;
                    case (int)WebSocketOpcode.Ping:
                        break; // a missing pong ends nothing
                    case (int)WebSocketOpcode.Close:
                        Ending = $"close {BinaryPrimitives.ReadUInt16BigEndian(payload.Span)} {Encoding.UTF8.GetString(payload.Span[2..])}";
                        return null;
                    default:
                        throw new FaultFoundException($"a frame that begins with {first:x2} was not expected");
                }
            }
            else if (!await FillAsync())
            {
                return null;
            }
        }
    }

    /// <summary>Lets the cut strike now.</summary>
    public void Strike()
    {
        IsCut = true;
        if (_cut.Kind == CutKind.Reset)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        if (_cut.Kind != CutKind.Silence)
        {
            _socket.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsCut && Ending.Length == 0)
        {
            var count = (int)Math.Min(Math.Min(bytes.Length, _cut.Pieces), _cut.SentBytes - _sent);
            try
            {
                count = await Patience.ForAsync(_socket.SendAsync(bytes[..count], SocketFlags.None).AsTask(), () => "the server to take what we send");
            }
            catch (SocketException exception)
            {
                Ending = exception.SocketErrorCode.ToString();
                return;
            }

            _sent += count;
            bytes = bytes[count..];
            if (_sent == _cut.SentBytes)
            {
                Strike();
            }
        }
    }

    private bool TryTakeFrame(out int first, out ReadOnlyMemory<byte> payload)
    {
        (first, payload) = (0, default);
        var there = _buffer.AsSpan(_start, _end - _start);
        if (there.Length < 2)
        {
            return false;
        }

        var (header, length) = there[1] switch
        {
            < 126 => (2, there[1]),
            126 when there.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(there[2..])),
            127 when there.Length >= 10 => (10, (long)BinaryPrimitives.ReadUInt64BigEndian(there[2..])),
            _ => (0, 0L),
        };
        if (header == 0 || there.Length - header < length)
        {
            return false;
        }

        (first, payload) = (there[0], _buffer.AsMemory(_start + header, (int)length));
        _start += header + (int)length;
        return true;
    }

    private async Task<bool> FillAsync()
    {
        if (IsCut || Ending.Length > 0)
        {
            return false;
        }

        MakeRoom();
        var room = (int)Math.Min(_buffer.Length - _end, _cut.ReceivedBytes - _received);
        try
        {
            var count = await Patience.ForAsync(_socket.ReceiveAsync(_buffer.AsMemory(_end, room), SocketFlags.None).AsTask(), () => "something from the server");
            Ending = count == 0 ? "end" : "";
            _end += count;
            _received += count;
        }
        catch (SocketException exception)
        {
            Ending = exception.SocketErrorCode.ToString();
        }

        if (_received == _cut.ReceivedBytes)
        {
            Strike();
        }

        return Ending.Length == 0;
    }

    private void MakeRoom()
    {
        if (_buffer.Length - _end >= ReadBytes / 2)
        {
            return;
        }

        var there = _end - _start;
        var target = there > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _start, target, 0, there);
        (_buffer, _start, _end) = (target, 0, there);
    }
}
