#pragma warning disable CA2213 // the stream is the transport's
using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ExecActors.Platform;

namespace ExecActors.Client.Transports;

/// <summary>Messages over a stream in the frames of RFC 6455 section 5, the client's side: what it sends is masked, what it gets is not.</summary>
/// <remarks>One receive and one send at a time; the two may overlap. Pings are answered while a message is received.</remarks>
internal sealed class WebSocketFrames(Stream stream, ReadOnlyMemory<byte> arrived, int maxMessageBytes) : IDisposable
{
    private const int ReceiveBytes = 64 * 1024;
    private const int MaxHeadBytes = 14;
    private const int MaxControlBytes = 125;
    private const int FinalBit = 0x80;
    private const int MaskBit = 0x80;
    private const int Continuation = 0x0;
    private const int Text = 0x1;
    private const int Binary = 0x2;
    private const int Close = 0x8;
    private const int Ping = 0x9;
    private const int Pong = 0xA;

    private readonly MessageBuffer _message = new(ReceiveBytes);
    private readonly SemaphoreSlim _sending = new(1); // a pong must not get into the middle of a message
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
    private ReadOnlyMemory<byte> _rest = arrived;
    private bool _closing;

    /// <summary>The next message; valid until the next call.</summary>
    /// <exception cref="IOException">There is none any more; the message says why.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        _message.Clear();
        var isWithin = false;
        while (true)
        {
            var (opcode, isFinal, length) = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            if (opcode >= Close)
            {
                await HandleControlAsync(opcode, isFinal, length, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (opcode is not (Continuation or Text or Binary) || (opcode == Continuation) != isWithin)
            {
                throw new IOException($"the server sent a frame that is none here (opcode {opcode})");
            }

            if (length > maxMessageBytes - _message.Length)
            {
                throw new IOException($"the server sent a message of more than {maxMessageBytes} bytes");
            }

            await ReadPayloadAsync((int)length, cancellationToken).ConfigureAwait(false);
            isWithin = !isFinal;
            if (isFinal)
            {
                return _message.Written;
            }
        }
    }

    /// <summary>Sends a text message.</summary>
    /// <exception cref="IOException">It cannot be sent.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => SendAsync(Text, message, cancellationToken);

    /// <summary>Says that nothing more will be sent.</summary>
    /// <exception cref="IOException">It cannot be said.</exception>
    public async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (!_closing)
        {
            _closing = true;
            byte[] normal = [0x03, 0xE8, .. "done"u8]; // 1000
            await SendAsync(Close, normal, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _message.Dispose();
        _sending.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private async ValueTask<(int Opcode, bool IsFinal, long Length)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(2, cancellationToken).ConfigureAwait(false);
        var (first, second) = (_rest.Span[0], _rest.Span[1]);
        if ((first & 0x70) != 0 || (second & MaskBit) != 0)
        {
            throw new IOException("the server sent a frame with a mask or a reserved bit");
        }

        var extra = second switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 };
        await FillAsync(2 + extra, cancellationToken).ConfigureAwait(false);
        var length = extra switch
        {
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(_rest.Span[2..]),
            sizeof(ulong) => BinaryPrimitives.ReadInt64BigEndian(_rest.Span[2..]),
            _ => second,
        };
        _rest = _rest[(2 + extra)..];
        return length >= 0 ? (first & 0x0F, (first & FinalBit) != 0, length) : throw new IOException("the server sent a frame of impossible length");
    }

    private async ValueTask HandleControlAsync(int opcode, bool isFinal, long length, CancellationToken cancellationToken)
    {
        if (!isFinal || length > MaxControlBytes || opcode > Pong)
        {
            throw new IOException($"the server sent a control frame that is none (opcode {opcode})");
        }

        await FillAsync((int)length, cancellationToken).ConfigureAwait(false);
        var payload = _rest[..(int)length].ToArray();
        _rest = _rest[(int)length..];
        if (opcode == Ping)
        {
            await SendAsync(Pong, payload, cancellationToken).ConfigureAwait(false);
        }
        else if (opcode == Close)
        {
            await AnswerCloseAsync(payload, cancellationToken).ConfigureAwait(false);
            throw new IOException(CloseText(payload));
        }
    }

    private async ValueTask AnswerCloseAsync(byte[] payload, CancellationToken cancellationToken)
    {
        try
        {
            if (!_closing)
            {
                _closing = true;
                await SendAsync(Close, payload.Length >= 2 ? payload.AsMemory(0, 2) : default, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It closed and went; there is nobody to answer.
        }
    }

    private async ValueTask ReadPayloadAsync(int length, CancellationToken cancellationToken)
    {
        var there = _rest[..Math.Min(length, _rest.Length)];
        there.Span.CopyTo(_message.GetSpan(there.Length + 1));
        _message.Advance(there.Length);
        _rest = _rest[there.Length..];
        for (var left = length - there.Length; left > 0;)
        {
            var target = _message.GetMemory(Math.Min(left, ReceiveBytes));
            var count = await ReadAsync(target[..Math.Min(left, target.Length)], cancellationToken).ConfigureAwait(false);
            _message.Advance(count);
            left -= count;
        }
    }

    // Only heads and control frames are asked for whole, which fit into the buffer.
    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_rest.Length >= count)
        {
            return;
        }

        // What came with the answer to the handshake lies elsewhere; it is moved once.
        _rest.Span.CopyTo(_buffer);
        var length = _rest.Length;
        while (length < count)
        {
            length += await ReadAsync(_buffer.AsMemory(length, ReceiveBytes - length), cancellationToken).ConfigureAwait(false);
        }

        _rest = _buffer.AsMemory(0, length);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count
                ? count
                : throw new IOException("the server went away without closing the connection");
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private async ValueTask SendAsync(int opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = ArrayPool<byte>.Shared.Rent(MaxHeadBytes + payload.Length);
        try
        {
            var length = Write(frame, opcode, payload.Span);
            await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await stream.WriteAsync(frame.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException e)
            {
                throw new IOException(e.Message, e);
            }
            finally
            {
                _sending.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private static int Write(Span<byte> frame, int opcode, ReadOnlySpan<byte> payload)
    {
        frame[0] = (byte)(FinalBit | opcode);
        var head = 2;
        switch (payload.Length)
        {
            case <= MaxControlBytes:
                frame[1] = (byte)(MaskBit | payload.Length);
                break;
            case <= ushort.MaxValue:
                frame[1] = MaskBit | 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
                head += sizeof(ushort);
                break;
            default:
                frame[1] = MaskBit | 127;
                BinaryPrimitives.WriteInt64BigEndian(frame[2..], payload.Length);
                head += sizeof(long);
                break;
        }

        var mask = frame.Slice(head, 4);
        SecureRandom.Fill(mask);
        head += mask.Length;
        var body = frame[head..];
        for (var i = 0; i < payload.Length; i++)
        {
            body[i] = (byte)(payload[i] ^ mask[i & 3]);
        }

        return head + payload.Length;
    }

    private static string CloseText(byte[] payload)
    {
        var status = payload.Length >= 2 ? $"{BinaryPrimitives.ReadUInt16BigEndian(payload)}" : "no status";
        var reason = payload.Length > 2 ? $": {Encoding.UTF8.GetString(payload, 2, payload.Length - 2)}" : "";
        return $"the server closed it ({status}{reason})";
    }
}
