using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ExecActors.Hosting.Transports;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.WebSockets;

/// <summary>The receiving half of a WebSocket (RFC 6455 sections 5 to 7): messages out of a channel's bytes, control frames to whoever answers them.</summary>
/// <remarks>
/// Takes what is there and never waits. A buffer is held only while it has bytes in it. What is small is read together with all that follows it; the
/// payload of a long frame goes straight to where it is wanted.
/// </remarks>
/// <param name="channel">Read by this reader alone; not owned.</param>
/// <param name="messageBytes">Longest message, all fragments together. A longer one is a violation as soon as a frame's head says so.</param>
/// <param name="onPing">Called with the payload of each ping; valid during the call.</param>
internal sealed class WebSocketReader(IByteChannel channel, int messageBytes, Action<ReadOnlyMemory<byte>> onPing) : IDisposable
{
    /// <summary>What <see cref="PeerCloseCode"/> says of a close frame without a code (RFC 6455 section 7.1.5).</summary>
    public const int NoCode = 1005;

    private const int BufferBytes = 16 * 1024;
    private const int StraightFrom = BufferBytes / 4;
    private const int StepsPerTurn = 256;
    private const string NoClose = "connection lost: the peer ended it without a close frame";

    private TextCheck _text; // mutable
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private FrameHeader _frame;
    private long _offset; // into the payload of the frame
    private long _before; // bytes of the message in the frames before this one
    private bool _inFrame;
    private bool _inMessage;
    private bool _isText;

    /// <summary>The code of the peer's close frame, 1005 for one without; null before it came.</summary>
    public int? PeerCloseCode { get; private set; }

    /// <summary>Whether the last <see cref="TryReceive"/> stopped although there may be more: frames without a piece of a message must not keep a thread.</summary>
    public bool GaveWay { get; private set; }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes the next piece of a message.</summary>
    /// <param name="buffer">Where to put it. Empty: nothing is taken but what has no payload; the outcome then says that something is there.</param>
    /// <param name="outcome">The piece, or the end.</param>
    /// <returns>False when nothing is there yet, or when it <see cref="GaveWay"/>.</returns>
    /// <exception cref="WebSocketViolationException">The peer broke the rules.</exception>
    /// <exception cref="IOException">The connection is lost.</exception>
    public bool TryReceive(Span<byte> buffer, out ReceiveOutcome outcome)
    {
        GaveWay = false;
        for (var steps = 0; steps < StepsPerTurn; steps++)
        {
            switch (_inFrame ? TakePayload(buffer, out outcome) : BeginFrame(out outcome))
            {
                case Step.Done:
                    return true;
                case Step.Blocked:
                    return false;
                case Step.NeedsBytes when Fill() is var count and <= 0:
                    GiveBufferBack();
                    outcome = ReceiveOutcome.End(NoClose);
                    return count == 0;
                case Step.NeedsBytes or Step.Again:
                default:
                    break;
            }
        }

        GaveWay = true;
        outcome = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _start = _end;
        GiveBufferBack();
    }

    private Step TakePayload(Span<byte> buffer, out ReceiveOutcome outcome)
    {
        var left = _frame.Length - _offset;
        if (left > 0 && buffer.IsEmpty)
        {
            outcome = ReceiveOutcome.Bytes(0, endOfFrame: false, left);
            return Step.Done;
        }

        outcome = default;
        var wanted = (int)Math.Min(left, buffer.Length);
        var count = Math.Min(wanted, _end - _start);
        if (count > 0)
        {
            Unread[..count].CopyTo(buffer);
            _start += count;
        }
        else if (wanted >= StraightFrom)
        {
            count = channel.Receive(buffer[..wanted]);
            if (count <= 0)
            {
                GiveBufferBack();
                outcome = ReceiveOutcome.End(NoClose);
                return count == 0 ? Step.Done : Step.Blocked;
            }
        }
        else if (left > 0)
        {
            return Step.NeedsBytes;
        }

        var piece = buffer[..count];
        FrameMask.Apply(piece, _frame.Mask, _offset);
        _offset += count;
        var ends = EndFrame();
        CheckText(piece, ends);
        outcome = ReceiveOutcome.Bytes(count, ends, _frame.Length - _offset);
        return count > 0 || ends ? Step.Done : Step.Again;
    }

    /// <returns>Whether the message ends with what was taken.</returns>
    private bool EndFrame()
    {
        if (_offset < _frame.Length)
        {
            return false;
        }

        _inFrame = false;
        _before += _frame.Length;
        _inMessage = !_frame.IsFinal;
        return _frame.IsFinal;
    }

    private void CheckText(ReadOnlySpan<byte> piece, bool ends)
    {
        if (!_isText)
        {
            return;
        }

        if (!_text.Accept(piece) || (ends && !_text.IsWhole))
        {
            throw new WebSocketViolationException(WebSocketViolationException.InvalidText, "a text message is not UTF-8");
        }
    }

    private Step BeginFrame(out ReceiveOutcome outcome)
    {
        outcome = default;
        var used = FrameHeader.Read(Unread, out var header);
        if (used == 0 || (header.IsControl && Unread.Length < used + header.Length))
        {
            return Step.NeedsBytes;
        }

        _start += used;
        if (header.IsControl)
        {
            var payload = _buffer.AsMemory(_start, (int)header.Length);
            _start += payload.Length;
            FrameMask.Apply(payload.Span, header.Mask, offset: 0);
            OnControl(header.Opcode, payload, ref outcome);
            return outcome.Ended ? Step.Done : Step.Again;
        }

        FrameHeader.Require(header.Opcode != FrameHeader.Continuation || _inMessage, "a continuation came without a message to continue");
        FrameHeader.Require(header.Opcode == FrameHeader.Continuation || !_inMessage, "a message began before the one before had ended");
        if (header.Opcode != FrameHeader.Continuation)
        {
            _isText = header.Opcode == FrameHeader.Text;
            _text.Reset();
            _before = 0;
        }

        if (header.Length > messageBytes - _before)
        {
            var tooBig = CloseReason.TooBig(messageBytes);
            throw new WebSocketViolationException(tooBig.Code, tooBig.Text);
        }

        (_frame, _offset, _inFrame) = (header, 0, true);
        if (header.Length <= BufferBytes)
        {
            return Step.Again;
        }

        outcome = ReceiveOutcome.Bytes(0, endOfFrame: false, header.Length); // before any of it: it may be longer than is wanted
        return Step.Done;
    }

    private void OnControl(int opcode, ReadOnlyMemory<byte> payload, ref ReceiveOutcome outcome)
    {
        switch (opcode)
        {
            case FrameHeader.Ping:
                onPing(payload);
                break;
            case FrameHeader.Close:
                outcome = ReceiveOutcome.End(OnClose(payload.Span));
                break;
            default:
                break; // a pong: nobody asked, or nobody waits for it
        }
    }

    private string OnClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            PeerCloseCode = NoCode;
            return $"closed by the peer ({NoCode})";
        }

        FrameHeader.Require(payload.Length > 1, "the code of a close frame is cut off");
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        FrameHeader.Require(IsSendable(code), $"a close frame has the code {code}, which may not be sent");
        var text = default(TextCheck);
        if (!text.Accept(payload[2..]) || !text.IsWhole)
        {
            throw new WebSocketViolationException(WebSocketViolationException.InvalidText, "the reason of a close frame is not UTF-8");
        }

        PeerCloseCode = code;
        return payload.Length == 2 ? $"closed by the peer ({code})" : $"closed by the peer ({code} {Encoding.UTF8.GetString(payload[2..])})";
    }

    // RFC 6455 section 7.4, and those that IANA's registry has added: 1004 to 1006 and 1015 never travel.
    private static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private int Fill()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = channel.Receive(_buffer.AsSpan(_end));
        _end += Math.Max(count, 0);
        return count;
    }

    private void GiveBufferBack()
    {
        if (_buffer is not null && _start == _end)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _end) = (null, 0, 0);
        }
    }

    private enum Step
    {
        /// <summary>There is an outcome.</summary>
        Done,

        /// <summary>Something without an outcome was dealt with.</summary>
        Again,

        /// <summary>What is in the buffer is too little.</summary>
        NeedsBytes,

        /// <summary>The channel has nothing.</summary>
        Blocked,
    }
}
