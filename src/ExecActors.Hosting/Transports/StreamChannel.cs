namespace ExecActors.Hosting.Transports;

/// <summary>The stream of an upgraded request; the web server owns it and ends the connection with the request.</summary>
/// <param name="stream">Reads of zero bytes wait for data, and a write hands over all it is given.</param>
/// <param name="abort">Cuts the connection below.</param>
internal sealed class StreamChannel(Stream stream, Action abort) : IByteChannel
{
    private const int BufferBytes = 16 * 1024;

    private volatile TaskCompletionSource _woken = NewWake();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task<int>? _reading; // into the buffer
    private Task? _waiting; // for data, without a buffer
    private int _start;
    private int _end;
    private bool _ended;
    private volatile bool _aborted;

    /// <inheritdoc/>
    public int Receive(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_aborted, this);
        if (_start == _end && !TryRead())
        {
            return _ended ? 0 : IByteChannel.WouldBlock;
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask WaitReadableAsync()
    {
        if (_start < _end || _ended)
        {
            return;
        }

        // What is under way goes on when the wait ends early, and is what the next wait waits for.
        var arrival = _reading ?? (_waiting ??= stream.ReadAsync(Memory<byte>.Empty, CancellationToken.None).AsTask());
#pragma warning disable VSTHRD003 // a read that an earlier wait has begun is this connection's own
        var woken = _woken;
        await Task.WhenAny(arrival, woken.Task);
#pragma warning restore VSTHRD003
        if (woken.Task.IsCompleted)
        {
            _woken = NewWake(); // a wake ends one wait
        }

        _ = arrival.Exception; // whoever reads next is told
        if (_waiting is { IsCompletedSuccessfully: true })
        {
            _waiting = null;
        }
    }

    /// <inheritdoc/>
    public void WakeReceiver() => _woken.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken)
    {
        if (!first.IsEmpty)
        {
            await stream.WriteAsync(first, cancellationToken);
        }

        if (!second.IsEmpty)
        {
            await stream.WriteAsync(second, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void EndSending()
    {
        // the web server does, when the request ends
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _aborted = true;
        abort();
        WakeReceiver();
    }

    /// <inheritdoc/>
    public void Dispose() => WakeReceiver();

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryRead()
    {
        _reading ??= _waiting is null or { IsCompleted: true } ? stream.ReadAsync(_buffer, CancellationToken.None).AsTask() : null;
        if (_reading is not { IsCompleted: true } read)
        {
            return false;
        }

        (_reading, _waiting) = (null, null);
#pragma warning disable VSTHRD002 // it has completed: this takes the result and does not wait
        (_start, _end) = (0, read.GetAwaiter().GetResult());
#pragma warning restore VSTHRD002
        _ended = _end == 0;
        return !_ended;
    }
}
