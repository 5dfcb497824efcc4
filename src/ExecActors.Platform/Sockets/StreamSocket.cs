using System.Net;
using System.Runtime.CompilerServices;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A connected TCP socket that never blocks: what is there is taken at once, and for what is not there one waits without a thread.</summary>
/// <remarks>
/// One receiver and one sender at a time, which need not be the same thread. Owns the descriptor. What goes on after a wait runs on the reactor's
/// thread, so it hands over and returns.
/// </remarks>
public sealed class StreamSocket : IDisposable
{
    /// <summary>What <see cref="Receive"/> returns when nothing is there yet.</summary>
    public const int WouldBlock = -1;

    private readonly Source _source;
    private readonly Readiness _readable = new();
    private readonly Readiness _writable = new();
    private bool _drained; // the receiver's: nothing is there before the next edge
    private volatile bool _hungUp; // no edge may come any more

    internal StreamSocket(Reactor reactor, SafeFileHandle handle, IPEndPoint? peer)
    {
        Peer = peer;
        IsBeyondLimit = !OpenFiles.IsForConnections(handle);
        _source = new Source(this, reactor, handle);
        SocketReactor.Register(reactor, _source, Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET);
    }

    /// <summary>Who is at the other end; null when the socket is not of the internet.</summary>
    public IPEndPoint? Peer { get; }

    /// <summary>Whether its descriptor is one of those that are kept back for the clients that are there (<see cref="OpenFiles.Share"/>).</summary>
    public bool IsBeyondLimit { get; }

    /// <summary>Asks the kernel how the peer acknowledges; does not block.</summary>
    /// <exception cref="IOException">It is no TCP socket.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public TcpProgress Progress() => TcpProgress.Of(_source.Handle);

    /// <summary>Takes what has arrived.</summary>
    /// <param name="buffer">Where to put it; not empty.</param>
    /// <returns>Bytes; 0 at the end of what the peer sends; <see cref="WouldBlock"/> when nothing is there.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public int Receive(Span<byte> buffer)
    {
        if (_drained && !_hungUp)
        {
            return WouldBlock;
        }

        int count;
        while ((count = Libc.Receive(_source.Handle, buffer)) < 0)
        {
            switch (Libc.LastErrno)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return WouldBlock;
                case var errno:
                    throw Lost(errno);
            }
        }

        // A short read took all there was, and what comes after it is a new edge: no second call to hear EAGAIN.
        _drained = count < buffer.Length;
        return count;
    }

    /// <summary>Completes when <see cref="Receive"/> may find something: bytes, the end, or that the socket was closed. May complete for nothing.</summary>
    public ValueTask WaitReadableAsync()
    {
        _drained = false;
        return _readable.WaitAsync();
    }

    /// <summary>Ends a wait of the receiver, now or the next one.</summary>
    public void WakeReceiver() => _readable.Signal();

    /// <summary>Sends two pieces, one behind the other; either may be empty.</summary>
    /// <param name="first">Valid until the task completes.</param>
    /// <param name="second">Valid until the task completes.</param>
    /// <param name="cancellationToken">Gives up waiting for the peer. What was sent of the pieces then is unknown, so nothing more can be sent.</param>
    /// <exception cref="IOException">The connection is lost.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken)
    {
        try
        {
            return TrySend(ref first, ref second) ? ValueTask.CompletedTask : SendRestAsync(first, second, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return ValueTask.FromException(e);
        }
    }

    /// <summary>Tells the peer that nothing more comes, after all that was sent.</summary>
    public void EndSending()
    {
        try
        {
            _ = Libc.EndSending(_source.Handle); // a peer that is gone need not be told
        }
        catch (ObjectDisposedException)
        {
            // closed meanwhile
        }
    }

    /// <summary>Cuts the connection: what was not sent yet is dropped and the peer sees a reset. From any thread; waits end.</summary>
    public void Abort()
    {
        try
        {
            _ = Libc.ResetOnClose(_source.Handle);
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        Dispose();
    }

    /// <summary>Closes the socket. Waits end, and whoever waited finds it closed. A second call does nothing.</summary>
    public void Dispose()
    {
        _source.Close();
        _readable.Signal();
        _writable.Signal();
    }

    // On the reactor's thread after the first wait: a send that does not block is as short as the reads it does for others.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static writable => ((Readiness)writable!).Signal(), _writable);
        do
        {
            await _writable.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
        while (!TrySend(ref first, ref second));
    }

    private bool TrySend(ref ReadOnlyMemory<byte> first, ref ReadOnlyMemory<byte> second)
    {
        while (first.Length + second.Length > 0)
        {
            var count = Libc.Send(_source.Handle, first.Span, second.Span);
            if (count < 0)
            {
                switch (Libc.LastErrno)
                {
                    case Errno.EINTR:
                        continue;
                    case Errno.EAGAIN:
                        return false;
                    case var errno:
                        throw Lost(errno);
                }
            }

            var ofFirst = Math.Min(count, first.Length);
            first = first[ofFirst..];
            second = second[(count - ofFirst)..];
        }

        return true;
    }

    private static IOException Lost(int errno) => new(OsError.Describe(errno));

    private void OnReady(uint events)
    {
        const uint Ended = Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR;
        if ((events & Ended) != 0)
        {
            _hungUp = true;
        }

        if ((events & (Libc.EPOLLIN | Ended)) != 0)
        {
            _readable.Signal();
        }

        if ((events & (Libc.EPOLLOUT | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0)
        {
            _writable.Signal();
        }
    }

    private sealed class Source(StreamSocket socket, Reactor reactor, SafeFileHandle handle) : ReactorSource(reactor, handle)
    {
        public override void OnReady(uint events) => socket.OnReady(events);

        // What goes on after a wait is a task's, which keeps its failure to itself.
        public override void OnFailed(Exception failure) => Environment.FailFast("a socket's readiness could not be told", failure);
    }
}
