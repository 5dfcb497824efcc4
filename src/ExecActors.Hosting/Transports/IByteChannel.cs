namespace ExecActors.Hosting.Transports;

/// <summary>The bytes below a WebSocket: a socket of our own, or the stream of a request that somebody else's web server has upgraded.</summary>
/// <remarks>One receiver and one sender at a time.</remarks>
internal interface IByteChannel : IDisposable
{
    /// <summary>What <see cref="Receive"/> returns when nothing is there yet.</summary>
    const int WouldBlock = -1;

    /// <summary>Takes what has arrived, into a buffer that is not empty.</summary>
    /// <returns>Bytes; 0 at the end of what the peer sends; <see cref="WouldBlock"/>.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">It was cut or closed.</exception>
    int Receive(Span<byte> buffer);

    /// <summary>Completes, perhaps on the thread that waits for all sockets, when <see cref="Receive"/> may find something.</summary>
    ValueTask WaitReadableAsync();

    /// <summary>Ends a wait of the receiver, now or the next one.</summary>
    void WakeReceiver();

    /// <summary>Sends two pieces, one behind the other, both valid until the task completes; either may be empty.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">It was cut or closed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing more can be sent then.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more comes.</summary>
    void EndSending();

    /// <summary>Cuts the connection without waiting for anything. From any thread; waits end.</summary>
    void Abort();
}
