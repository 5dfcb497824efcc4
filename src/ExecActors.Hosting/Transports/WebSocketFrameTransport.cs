using System.Net.WebSockets;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.Transports;

/// <summary>One upgraded connection. Sends text frames, takes text and binary ones, pings at an interval and asks for no pong.</summary>
/// <remarks>
/// Made for an upgraded request and disposed by the connection; the request must not end before. Control frames of our own (ping, close) are
/// written beside the WebSocket, whose own keep-alive would add an eight-byte payload, a read-ahead buffer and a time-out, and whose own
/// close cannot be sent any more once a receive has been cancelled.
/// </remarks>
internal sealed class WebSocketFrameTransport : IFrameTransport
{
#pragma warning disable CA2213 // disposed through the WebSocket
    private readonly UpgradedStream _stream;
#pragma warning restore CA2213
    private readonly WebSocket _socket;
    private readonly ITimer? _pings;
    private readonly TimeProvider _time;
    private readonly WebSocketTransportSettings _settings;
    private readonly Action _abort;
    private Task<ValueWebSocketReceiveResult>? _waiting;
    private bool _peerEnded;
    private WebSocketCloseStatus? _peerCloseStatus;
    private int _disposed;

    /// <summary>Takes over an upgraded stream.</summary>
    /// <param name="upgraded">What the web server handed out for the upgrade; the web server still owns it.</param>
    /// <param name="peer">See <see cref="Peer"/>.</param>
    /// <param name="settings">Intervals.</param>
    /// <param name="time">The clock of pings and of the bound on a last close frame.</param>
    /// <param name="abort">Cuts the connection below without waiting for anything; called when the peer does not end it in time.</param>
    public WebSocketFrameTransport(Stream upgraded, string peer, WebSocketTransportSettings settings, TimeProvider time, Action abort)
    {
        _stream = new UpgradedStream(upgraded);
        _settings = settings;
        _time = time;
        _abort = abort;
        Peer = peer;
        _socket = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        if (settings.PingInterval > TimeSpan.Zero)
        {
            _pings = time.CreateTimer(_ => _ = PingAsync(), state: null, settings.PingInterval, settings.PingInterval);
        }
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <inheritdoc/>
    public FrameDelimiter Delimiter => FrameDelimiter.Message;

    /// <inheritdoc/>
    public async ValueTask<ReceiveOutcome> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_peerEnded)
        {
            return ReceiveOutcome.End("the connection has ended");
        }

        try
        {
            var received = _waiting is not null || buffer.IsEmpty
                ? await WaitForDataAsync(cancellationToken)
                : await _socket.ReceiveAsync(buffer, cancellationToken);
            if (received.MessageType != WebSocketMessageType.Close)
            {
                return ReceiveOutcome.Bytes(received.Count, received.EndOfMessage);
            }

            _peerEnded = true;
            _peerCloseStatus = _socket.CloseStatus;
            return ReceiveOutcome.End(DescribeClose());
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or WebSocketException)
        {
            return ReceiveOutcome.End("closed by the server");
        }
        catch (Exception e) when (IsLoss(e))
        {
            _peerEnded = true;
            return ReceiveOutcome.End(DescribeLoss(e));
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken)
    {
        try
        {
            _stream.Gathering = more;
            await _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (IsLoss(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{Peer} is gone: {DescribeLoss(e)}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Sends a close frame, once: with the peer's own code when it has closed first. The answer comes through <see cref="ReceiveAsync"/>.
    /// </remarks>
    public ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken) => (_peerEnded, _peerCloseStatus) switch
    {
        (true, null) => ValueTask.CompletedTask, // nobody is there to be told
        (true, WebSocketCloseStatus.Empty) => SendCloseAsync((int)WebSocketCloseStatus.NormalClosure, string.Empty, cancellationToken),
        (true, { } status) => SendCloseAsync((int)status, string.Empty, cancellationToken),
        _ => SendCloseAsync(reason.Code, reason.Text, cancellationToken),
    };

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
        }
        else
        {
            _abort();
        }

        _socket.Dispose();
    }

    /// <summary>Waits without a buffer. When cancelled, the wait goes on unobserved, so that the socket can still be closed properly.</summary>
    private async ValueTask<ValueWebSocketReceiveResult> WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (_waiting is null)
        {
            var receive = _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (receive.IsCompletedSuccessfully)
            {
                return receive.Result;
            }

            _waiting = ObservedAsync(receive);
        }

        var waiting = _waiting;
        try
        {
            return await waiting.WaitAsync(cancellationToken);
        }
        finally
        {
            if (waiting.IsCompleted)
            {
                _waiting = null;
            }
        }
    }

    /// <summary>The receive as a task that nobody has to look at.</summary>
    private static Task<ValueWebSocketReceiveResult> ObservedAsync(ValueTask<ValueWebSocketReceiveResult> receive)
    {
        var task = receive.AsTask();
        _ = task.ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return task;
    }

    private async ValueTask SendCloseAsync(int code, string reason, CancellationToken cancellationToken)
    {
        try
        {
            _stream.Gathering = false;
            await _stream.WriteAsync(ControlFrames.Close(code, reason), cancellationToken);
        }
        catch (Exception e) when (IsLoss(e))
        {
            _abort();
        }
    }

    private async Task PingAsync()
    {
        try
        {
            await _stream.TryWriteControlAsync(ControlFrames.Ping);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The receive that is under way learns of the loss and reports it.
        }
    }

    private string DescribeClose() => string.IsNullOrEmpty(_socket.CloseStatusDescription)
        ? $"closed by the peer ({(int?)_socket.CloseStatus})"
        : $"closed by the peer ({(int?)_socket.CloseStatus} {_socket.CloseStatusDescription})";

    // A protocol violation is told by the WebSocket itself, which has sent the close frame for it (1002, or 1007 for text that is no UTF-8).
    private string DescribeLoss(Exception e) => e is WebSocketException && _stream.CloseSent
        ? $"protocol violation: {e.Message}"
        : $"connection lost: {e.Message}";

    /// <summary>What the layers below throw for a connection that is gone, or that we have cut.</summary>
    private static bool IsLoss(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
