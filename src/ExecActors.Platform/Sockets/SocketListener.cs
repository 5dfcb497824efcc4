#pragma warning disable CA2000 // the handle owns nothing; a socket passes to whom it is handed, and a failing path closes its descriptor
using System.Net;
using System.Net.Sockets;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Takes connections from a listening socket until it is disposed. Made by <see cref="SocketReactor.Listen"/>.</summary>
public sealed class SocketListener : IDisposable
{
    private readonly Reactor _reactor;
    private readonly Source _source;

    internal SocketListener(Reactor reactor, Socket socket, Action<StreamSocket> accepted, Action<int> failed)
    {
        _reactor = reactor;
        _source = new Source(reactor, new SafeFileHandle(socket.Handle, ownsHandle: false), accepted, failed);
        SocketReactor.Register(reactor, _source, Libc.EPOLLIN | Libc.EPOLLET);
    }

    /// <summary>Accepts again after a failure. From any thread.</summary>
    public void Resume() => _reactor.Post(() => _reactor.Again(_source));

    /// <summary>Accepts no more. The socket stays open, and what connects to it waits in the kernel.</summary>
    public void Dispose() => _source.Close();

    private sealed class Source(Reactor reactor, SafeFileHandle handle, Action<StreamSocket> accepted, Action<int> failed) : ReactorSource(reactor, handle)
    {
        private const int ConnectionsPerTurn = 16;

        public override void OnReady(uint events)
        {
            for (var count = 0; count < ConnectionsPerTurn; count++)
            {
                var socket = Libc.Accept(Handle, out var peer);
                if (!socket.IsInvalid)
                {
                    Accept(socket, peer);
                    continue;
                }

                socket.Dispose();
                switch (Libc.LastErrno)
                {
                    case Errno.EAGAIN:
                        return;
                    case Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO:
                        continue; // that one is gone already
                    case var errno:
                        failed(errno);
                        return;
                }
            }

            Reactor.Again(this);
        }

        public override void OnFailed(Exception failure)
        {
            if (failure is ObjectDisposedException)
            {
                return; // closed while this turn was on its way
            }

            Environment.FailFast("a connection could not be handed over", failure);
        }

        private void Accept(SafeFileHandle handle, IPEndPoint? peer)
        {
            StreamSocket socket;
            try
            {
                socket = new StreamSocket(Reactor, handle, peer);
            }
            catch (IOException)
            {
                handle.Dispose(); // no memory for another watch: the peer sees a connection that ended
                return;
            }

            accepted(socket);
        }
    }
}
