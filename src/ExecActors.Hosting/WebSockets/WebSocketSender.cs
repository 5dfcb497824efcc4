using System.Buffers;
using System.Runtime.CompilerServices;
using ExecActors.Hosting.Transports;

namespace ExecActors.Hosting.WebSockets;

/// <summary>The sending half of a WebSocket (RFC 6455 section 5): whole frames, one after the other; control frames in between; nothing after a close.</summary>
/// <remarks>
/// Small frames that follow each other at once leave together. A long frame is sent from where it is, behind its head. Data comes from one sender; pings,
/// pongs and the close may come from other threads, and then wait for the end of the frame that is on its way, or are left to whoever sends it.
/// </remarks>
internal sealed class WebSocketSender(IByteChannel channel) : IDisposable
{
    /// <summary>A frame of up to this size is copied behind the others, in bytes.</summary>
    private const int CopyUpTo = 8 * 1024;

    private const int GatherBytes = 32 * 1024;

    /// <summary>The head of one more frame always fits behind what was gathered.</summary>
    private const int GatherUpTo = GatherBytes - FrameHeader.MaxServerBytes;

#pragma warning disable CA2213 // holds no wait handle, so there is nothing to give back, and a last turn may end after Dispose
    private readonly SemaphoreSlim _turn = new(1, 1);
#pragma warning restore CA2213
    private byte[]? _gathered;
    private int _length;
    private byte[]? _control; // a ping or pong that waits for the end of a turn
    private bool _closed;

    /// <summary>Sends a text frame.</summary>
    /// <param name="payload">Valid until the task completes.</param>
    /// <param name="more">Another frame follows at once: a small one may be kept back for it.</param>
    /// <param name="cancellationToken">Gives up; nothing more can be sent then.</param>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask SendTextAsync(ReadOnlyMemory<byte> payload, bool more, CancellationToken cancellationToken)
    {
        if (!TryTakeTurn())
        {
            return SendTextInTurnAsync(payload, more, cancellationToken);
        }

        var sending = WriteTextAsync(payload, more, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
        {
            return EndTurnAfterAsync(sending);
        }

        EndTurn();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends a close frame behind what was kept back, unless one was sent before. Frames that come after it are dropped.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public async ValueTask SendCloseAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var sending = _closed ? ValueTask.CompletedTask : SendGatheredAsync(frame, cancellationToken);
        _closed = true;
        await EndTurnAfterAsync(sending);
    }

    /// <summary>Sends a ping once no frame is on its way, unless a pong waits for that: then the peer hears from us anyway. From any thread; returns at once.</summary>
    public void Ping()
    {
        Interlocked.CompareExchange(ref _control, ControlFrames.Ping, comparand: null);
        if (TryTakeTurn())
        {
            EndTurn();
        }
    }

    /// <summary>Answers a ping once no frame is on its way, or the last of several that came until then (RFC 6455 section 5.5.3). Returns at once.</summary>
    public void Pong(ReadOnlyMemory<byte> payload)
    {
        Interlocked.Exchange(ref _control, ControlFrames.Pong(payload.Span));
        if (TryTakeTurn())
        {
            EndTurn();
        }
    }

    /// <inheritdoc/>
    /// <remarks>What was kept back is lost; nothing is sent any more.</remarks>
    public void Dispose()
    {
        if (!TryTakeTurn())
        {
            return; // a frame that is still on its way to a socket that is closed now: its buffer is left to the garbage collector
        }

        _closed = true;
        if (_gathered is { } buffer)
        {
            _gathered = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryTakeTurn() => _turn.Wait(0, CancellationToken.None);

    private async ValueTask SendTextInTurnAsync(ReadOnlyMemory<byte> payload, bool more, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        await EndTurnAfterAsync(WriteTextAsync(payload, more, cancellationToken));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EndTurnAfterAsync(ValueTask sending)
    {
        try
        {
            await sending;
        }
        finally
        {
            EndTurn();
        }
    }

    // Whoever ends a turn sends what others wanted to send meanwhile; whoever comes just after the last look has the turn to himself.
    private void EndTurn()
    {
        do
        {
            if (Volatile.Read(ref _control) is not null && Interlocked.Exchange(ref _control, null) is { } control && !_closed)
            {
                var sending = SendGatheredAsync(control, CancellationToken.None);
                if (!sending.IsCompletedSuccessfully)
                {
                    _ = EndTurnAfterControlAsync(sending);
                    return;
                }
            }

            _turn.Release();
        }
        while (Volatile.Read(ref _control) is not null && TryTakeTurn());
    }

    private async Task EndTurnAfterControlAsync(ValueTask sending)
    {
        try
        {
            await EndTurnAfterAsync(sending);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The receive that is under way learns of the loss and reports it.
        }
    }

    private ValueTask WriteTextAsync(ReadOnlyMemory<byte> payload, bool more, CancellationToken cancellationToken)
    {
        if (_closed)
        {
            return ValueTask.CompletedTask;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(GatherBytes);
        _length += FrameHeader.WriteText(_gathered.AsSpan(_length), payload.Length);
        if (payload.Length > CopyUpTo || payload.Length > GatherUpTo - _length)
        {
            return SendGatheredAsync(payload, cancellationToken);
        }

        payload.Span.CopyTo(_gathered.AsSpan(_length));
        _length += payload.Length;
        return more ? ValueTask.CompletedTask : SendGatheredAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
    }

    private ValueTask SendGatheredAsync(ReadOnlyMemory<byte> behind, CancellationToken cancellationToken)
    {
        var (buffer, length) = (_gathered, _length);
        (_gathered, _length) = (null, 0);
        var sending = channel.SendAsync(buffer.AsMemory(0, length), behind, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
        {
            return ReturnAfterAsync(sending, buffer);
        }

        Return(buffer);
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask ReturnAfterAsync(ValueTask sending, byte[]? buffer)
    {
        await sending;
        Return(buffer);
    }

    private static void Return(byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
