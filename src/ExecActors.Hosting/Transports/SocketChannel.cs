using ExecActors.Platform;

namespace ExecActors.Hosting.Transports;

/// <summary>A socket of our own, with what was read behind its upgrade already.</summary>
/// <param name="socket">Owned from here on.</param>
/// <param name="early">Received before everything that is still to be received.</param>
internal sealed class SocketChannel(StreamSocket socket, ReadOnlyMemory<byte> early) : IByteChannel
{
    private ReadOnlyMemory<byte> _early = early;

    /// <inheritdoc/>
    public int Receive(Span<byte> buffer)
    {
        if (_early.IsEmpty)
        {
            return socket.Receive(buffer);
        }

        var count = Math.Min(buffer.Length, _early.Length);
        _early.Span[..count].CopyTo(buffer);
        _early = count < _early.Length ? _early[count..] : default;
        return count;
    }

    /// <inheritdoc/>
    public ValueTask WaitReadableAsync() => _early.IsEmpty ? socket.WaitReadableAsync() : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void WakeReceiver() => socket.WakeReceiver();

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken) =>
        socket.SendAsync(first, second, cancellationToken);

    /// <inheritdoc/>
    public void EndSending() => socket.EndSending();

    /// <inheritdoc/>
    public void Abort() => socket.Abort();

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
