using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A WebSocket client written out by hand: it can send what no library would, and shows what came.</summary>
public sealed class RawWebSocket : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);

    private RawWebSocket(ByteConnection connection) => Connection = connection;

    /// <summary>The bytes underneath, to cut the connection or to send garbage.</summary>
    public ByteConnection Connection { get; }

    /// <summary>Connects and upgrades; checks the server's side of the handshake.</summary>
    public static async Task<RawWebSocket> ConnectAsync(
        IPEndPoint server, string path = "/", IReadOnlyDictionary<string, string>? headers = null, int? receiveBufferBytes = null)
    {
        var connection = await ByteConnection.ConnectAsync(server, receiveBufferBytes);
        var upgrade = new Dictionary<string, string>(RawHttp.UpgradeHeaders);
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            upgrade[name] = value;
        }

        await connection.SendAsync(RawHttp.Request(server, "GET", path, upgrade));
        var answer = await Patience.ForAsync(RawHttp.ReadAnswerAsync(connection), () => "the answer to the upgrade");
        Assert.Equal(101, answer.Status);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer["sec-websocket-accept"]); // RFC 6455 section 1.3, for the key we always send
        Assert.Null(answer["sec-websocket-extensions"]);
        Assert.Null(answer["sec-websocket-protocol"]);
        return new RawWebSocket(connection);
    }

    /// <summary>Sends one whole text message in one frame.</summary>
    public Task SendTextAsync(string text) => SendFrameAsync(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a frame.</summary>
    public async Task SendFrameAsync(
        WebSocketOpcode opcode, ReadOnlyMemory<byte> payload, bool final = true, bool masked = true, CancellationToken cancellationToken = default)
    {
        var frame = WebSocketFrame.Encode(opcode, payload.Span, final, masked);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await Connection.SendAsync(frame, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next frame as it came; null when the connection has ended.</summary>
    public async Task<WebSocketFrame?> ReceiveFrameAsync(CancellationToken cancellationToken = default)
    {
        if (await Connection.ReadExactlyAsync(2, cancellationToken) is not { } header)
        {
            return null;
        }

        Assert.True((header[0] & 0x70) == 0, "the server set a reserved bit though no extension was negotiated");
        Assert.True((header[1] & 0x80) == 0, "the server masked a frame");
        var length = await LengthAsync(header[1] & 0x7F, cancellationToken);
        return length is { } size && await Connection.ReadExactlyAsync(size, cancellationToken) is { } payload
            ? new WebSocketFrame((header[0] & 0x80) != 0, (WebSocketOpcode)(header[0] & 0x0F), payload)
            : null;
    }

    /// <summary>The next frame that is no ping or pong, pings being answered; bounded in time.</summary>
    public async Task<WebSocketFrame?> NextAsync()
    {
        while (await Patience.ForAsync(ReceiveFrameAsync(), () => "a frame") is { } frame)
        {
            switch (frame.Opcode)
            {
                case WebSocketOpcode.Ping:
                    await SendFrameAsync(WebSocketOpcode.Pong, frame.Payload);
                    break;
                case WebSocketOpcode.Pong:
                    break;
                case WebSocketOpcode.Continuation or WebSocketOpcode.Text or WebSocketOpcode.Binary or WebSocketOpcode.Close:
                default:
                    return frame;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        _sending.Dispose();
    }

    private async Task<int?> LengthAsync(int first, CancellationToken cancellationToken) => first switch
    {
        126 => await Connection.ReadExactlyAsync(2, cancellationToken) is { } two ? BinaryPrimitives.ReadUInt16BigEndian(two) : null,
        127 => await Connection.ReadExactlyAsync(8, cancellationToken) is { } eight ? checked((int)BinaryPrimitives.ReadInt64BigEndian(eight)) : null,
        _ => first,
    };
}
