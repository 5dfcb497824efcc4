using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>HTTP/1.1 and WebSocket by hand, so that the tests see the very bytes.</summary>
internal sealed class WireClient : IDisposable
{
    public const string UpgradeHeaders =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private readonly Socket _socket;
    private readonly BufferedStream _stream;

    private WireClient(Socket socket)
    {
        _socket = socket;
        _stream = new BufferedStream(new NetworkStream(socket, ownsSocket: true));
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public static async Task<WireClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint).SoonAsync();
        return new WireClient(socket);
    }

    /// <summary>Sends a request; <paramref name="headers"/> end with a line break each. A Host header is added unless one is given.</summary>
    public async Task<HttpAnswer> RequestAsync(string requestLine, string headers = "", bool addHost = true)
    {
        var host = addHost && !headers.Contains("Host:", StringComparison.Ordinal) ? "Host: 127.0.0.1\r\n" : "";
        await SendAsync(Encoding.Latin1.GetBytes($"{requestLine} HTTP/1.1\r\n{host}{headers}\r\n"));
        return await ReadAnswerAsync(requestLine.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public async Task UpgradeAsync()
    {
        var answer = await RequestAsync("GET /", UpgradeHeaders);
        Assert.Equal(101, answer.Status);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes).AsTask().SoonAsync();

    public async Task<HttpAnswer> ReadAnswerAsync(bool head = false)
    {
        var status = await ReadLineAsync();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        var length = head ? 0 : int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
        var body = await ReadAsync(length);
        return new HttpAnswer(int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(body));
    }

    /// <summary>Sends a frame as a client has to: masked.</summary>
    public Task SendFrameAsync(int opcode, ReadOnlySpan<byte> payload, bool final = true)
    {
        Span<byte> header = stackalloc byte[10];
        header[0] = (byte)((final ? 0x80 : 0) | opcode);
        var length = 2;
        if (payload.Length < 126)
        {
            header[1] = (byte)(0x80 | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            header[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
            length = 4;
        }
        else
        {
            header[1] = 0x80 | 127;
            BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payload.Length);
            length = 10;
        }

        ReadOnlySpan<byte> mask = [0x11, 0x22, 0x33, 0x44];
        var masked = payload.ToArray();
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] ^= mask[i % 4];
        }

        return SendAsync((byte[])[.. header[..length], .. mask, .. masked]);
    }

    public Task SendTextAsync(string text) => SendFrameAsync(1, Encoding.UTF8.GetBytes(text));

    public async Task<WireFrame> ReadFrameAsync()
    {
        var header = await ReadAsync(2);
        Assert.True((header[1] & 0x80) == 0, "a server must not mask");
        var length = header[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            127 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8))),
            var small => small,
        };
        return new WireFrame(header[0], await ReadAsync(length));
    }

    public async Task<string> ReadTextAsync()
    {
        var frame = await ReadFrameAsync();
        Assert.Equal(0x81, frame.First);
        return frame.Text;
    }

    /// <summary>Sends until the server has cut the connection.</summary>
    public async Task SendUntilLossAsync()
    {
        try
        {
            while (true)
            {
                await SendAsync(new byte[16 * 1024]);
            }
        }
        catch (SocketException)
        {
            // cut
        }
    }

    /// <summary>Completes when the server has ended its direction.</summary>
    public async Task ReadEndAsync() => Assert.Equal(0, await ReadSomeAsync(new byte[1]));

    /// <summary>Completes when the server has ended the connection in whatever way.</summary>
    public async Task ReadLossAsync()
    {
        try
        {
            while (await ReadSomeAsync(new byte[4096]) > 0)
            {
                // what was sent before
            }
        }
        catch (IOException)
        {
            // reset
        }
    }

    /// <summary>Cuts the connection with a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _stream.Dispose();

    private Task<int> ReadSomeAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer).AsTask().SoonAsync();

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes).AsTask().SoonAsync();
        return bytes;
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while ((await ReadAsync(1))[0] is var character and not (byte)'\n')
        {
            line.Append((char)character);
        }

        return line.ToString().TrimEnd('\r');
    }
}

/// <summary>An HTTP answer.</summary>
internal sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A frame of the server: its first byte (0x80 for the final one, and the opcode), and its payload.</summary>
internal sealed record WireFrame(int First, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string CloseReason => Encoding.UTF8.GetString(Payload.AsSpan(2));
}
