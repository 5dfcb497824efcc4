using System.Net.Sockets;

namespace ExecActors.Platform;

/// <summary>One thread that waits with epoll(7) for the sockets of a server: those that listen, and the connections they accept.</summary>
/// <remarks>
/// Not the thread that reads the output of processes: a flood of output must not keep requests waiting, nor the other way round. Whoever makes it disposes
/// it, after every listener and connection.
/// </remarks>
public sealed class SocketReactor : IDisposable
{
    private readonly Reactor _reactor = new("execactors-sockets");

    /// <summary>Accepts every connection that comes to a socket.</summary>
    /// <param name="socket">Bound and listening; stays the caller's, who disposes it after the listener.</param>
    /// <param name="accepted">Called on the reactor's thread with each connection, which is the callee's; must neither block nor throw.</param>
    /// <param name="failed">
    /// Called on the reactor's thread with an errno when no connection could be accepted for want of something, a descriptor mostly. None is accepted any more
    /// until <see cref="SocketListener.Resume"/>; those that come wait in the kernel. Must neither block nor throw.
    /// </param>
    /// <exception cref="IOException">The kernel cannot watch the socket.</exception>
    public SocketListener Listen(Socket socket, Action<StreamSocket> accepted, Action<int> failed)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.Blocking = false;
        return new SocketListener(_reactor, socket, accepted, failed);
    }

    /// <summary>Stops the thread.</summary>
    public void Dispose() => _reactor.Dispose();

    /// <summary>Begins to watch.</summary>
    internal static void Register(Reactor reactor, ReactorSource source, uint events)
    {
        if (reactor.Add(source, events) is var errno and not 0)
        {
            throw new IOException($"epoll_ctl: {OsError.Describe(errno)}");
        }
    }
}
