using System.Buffers;
using System.Runtime.CompilerServices;
using ExecActors.Hosting.WebSockets;
using ExecActors.Runtime;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.Transports;

/// <summary>One upgraded connection (RFC 6455). Sends text frames, takes text and binary ones, pings at an interval and asks for no pong.</summary>
/// <remarks>Owns its channel. Data frames are sent by one sender; pings, pongs and the close come between whole frames.</remarks>
internal sealed class WebSocketFrameTransport : IFrameTransport
{
    private const string ClosedHere = "closed by the server";
    private const int DrainBytes = 64 * 1024;

    private readonly IByteChannel _channel;
    private readonly WebSocketReader _reader;
    private readonly WebSocketSender _sender;
    private readonly WebSocketTransportSettings _settings;
    private readonly TimeProvider _time;
    private readonly ITimer? _pings;
    private CancellationToken _closing;
    private CancellationTokenRegistration _woken;
    private CloseReason? _ownAnswer; // to the peer's end
    private bool _peerEnded;
    private bool _violated;
    private int _disposed;

    /// <summary>Takes over a channel behind its upgrade.</summary>
    /// <param name="channel">Owned from here on.</param>
    /// <param name="peer">See <see cref="Peer"/>.</param>
    /// <param name="settings">Intervals.</param>
    /// <param name="time">The clock of pings and of the bound on a last close frame.</param>
    /// <param name="principal">See <see cref="Principal"/>; null for anyone.</param>
    /// <param name="admittedUntil">See <see cref="AdmittedUntil"/>.</param>
    public WebSocketFrameTransport(
        IByteChannel channel,
        string peer,
        WebSocketTransportSettings settings,
        TimeProvider time,
        Principal? principal = null,
        DateTimeOffset? admittedUntil = null)
    {
        _channel = channel;
        _sender = new WebSocketSender(channel);
        _reader = new WebSocketReader(channel, settings.MessageBytes, _sender.Pong);
        _settings = settings;
        _time = time;
        Peer = peer;
        Principal = principal ?? Principal.Anyone(address: null);
        AdmittedUntil = admittedUntil;
        if (settings.PingInterval > TimeSpan.Zero)
        {
            _pings = time.CreateTimer(static sender => ((WebSocketSender)sender!).Ping(), _sender, settings.PingInterval, settings.PingInterval);
        }
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <inheritdoc/>
    public Principal Principal { get; }

    /// <inheritdoc/>
    public DateTimeOffset? AdmittedUntil { get; }

    /// <inheritdoc/>
    /// <remarks>A close frame without a code or with 1000. Another code tells of trouble, or of a proxy that ends: the client may come back.</remarks>
    public bool PeerSaidGoodbye { get; private set; }

    /// <inheritdoc/>
    public FrameDelimiter Delimiter => FrameDelimiter.Message;

    /// <inheritdoc/>
    public ValueTask<ReceiveOutcome> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_peerEnded)
        {
            return new ValueTask<ReceiveOutcome>(ReceiveOutcome.End("the connection has ended"));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return new ValueTask<ReceiveOutcome>(ReceiveOutcome.End(ClosedHere)); // whatever still comes
        }

        try
        {
            if (_reader.TryReceive(buffer.Span, out var outcome))
            {
                if (outcome.Ended)
                {
                    _peerEnded = true;
                    _ownAnswer = AnswerTo(_reader.PeerCloseCode);
                    PeerSaidGoodbye = _reader.PeerCloseCode is { } code && (code == WebSocketReader.NoCode || code == CloseReason.Normal.Code);
                }

                return new ValueTask<ReceiveOutcome>(outcome);
            }
        }
        catch (WebSocketViolationException e)
        {
            (_peerEnded, _violated) = (true, true);
            _ownAnswer = e.Reason;
            return new ValueTask<ReceiveOutcome>(ReceiveOutcome.End($"protocol violation: {e.Message}"));
        }
        catch (Exception e) when (IsLoss(e))
        {
            _peerEnded = true;
            return new ValueTask<ReceiveOutcome>(ReceiveOutcome.End(
                cancellationToken.IsCancellationRequested ? ClosedHere : $"connection lost: {e.Message}"));
        }

        return _reader.GaveWay ? GiveWayAsync() : WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken)
    {
        var sending = _sender.SendTextAsync(frame, more, cancellationToken);
        return sending.IsCompletedSuccessfully ? sending : OrGoneAsync(sending, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Sends a close frame, once: with the peer's own code when it has closed first, with what it did wrong when it broke the rules. The answer comes through <see cref="ReceiveAsync"/>.
    /// </remarks>
    public async ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        if (_peerEnded && _ownAnswer is null)
        {
            return; // nobody is there to be told
        }

        try
        {
            var said = _ownAnswer ?? reason;
            var frame = ControlFrames.Close(said.Code, said.Text);
            await _sender.SendCloseAsync(frame, cancellationToken);
        }
        catch (Exception e) when (IsLoss(e))
        {
            _channel.Abort();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Answers the peer's close frame if nobody has. A connection whose peer has not ended its side is cut.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_pings is not null)
        {
            await _pings.DisposeAsync();
        }

        if (_peerEnded)
        {
            using var bound = new CancellationTokenSource(_settings.CloseTimeout, _time);
            await CloseAsync(CloseReason.ServerShutdown, bound.Token);
            _channel.EndSending();
            if (_violated)
            {
                await DrainAsync(bound.Token);
            }
        }
        else
        {
            _channel.Abort();
        }

        await _woken.DisposeAsync();
        _channel.Dispose();
        if (_peerEnded)
        {
            _reader.Dispose(); // else a receive may be under way, and its buffer is left to the GC
        }

        _sender.Dispose();
    }

    // The connection's other half, and other connections, have their turn before this one goes on.
    private static async ValueTask<ReceiveOutcome> GiveWayAsync()
    {
        await Task.Yield();
        return ReceiveOutcome.Bytes(0, endOfFrame: false);
    }

    // On the thread that woke us: all work is left to the receive that follows.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReceiveOutcome> WaitAsync(CancellationToken cancellationToken)
    {
        if (_closing != cancellationToken)
        {
            _closing = cancellationToken;
            await _woken.DisposeAsync();
            _woken = cancellationToken.UnsafeRegister(static channel => ((IByteChannel)channel!).WakeReceiver(), _channel);
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            await _channel.WaitReadableAsync();
        }

        return cancellationToken.IsCancellationRequested ? ReceiveOutcome.End(ClosedHere) : ReceiveOutcome.Bytes(0, endOfFrame: false);
    }

    // Closing a socket with something unread resets it, and the peer may never see the close frame that says what it did wrong.
    private async ValueTask DrainAsync(CancellationToken bound)
    {
        using var end = bound.UnsafeRegister(static channel => ((IByteChannel)channel!).WakeReceiver(), _channel);
        var ignored = ArrayPool<byte>.Shared.Rent(DrainBytes);
        try
        {
            int count;
            while ((count = _channel.Receive(ignored)) != 0 && !bound.IsCancellationRequested)
            {
                if (count == IByteChannel.WouldBlock)
                {
                    await _channel.WaitReadableAsync();
                }

                await Task.Yield(); // off the thread that waits for all sockets, or the actor's
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // gone, as it should be
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ignored);
        }
    }

    private async ValueTask OrGoneAsync(ValueTask sending, CancellationToken cancellationToken)
    {
        try
        {
            await sending;
        }
        catch (Exception e) when (IsLoss(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{Peer} is gone: {e.Message}", e);
        }
    }

    // A close without a code is answered with 1000; a connection that just ended has nobody to answer.
    private static CloseReason? AnswerTo(int? peerCode) => peerCode switch
    {
        null => null,
        WebSocketReader.NoCode => CloseReason.Normal,
        { } code => new CloseReason(code, ""),
    };

    /// <summary>What a channel throws when the connection is gone, or when we have cut it.</summary>
    private static bool IsLoss(Exception e) => e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
