using System.Net.Sockets;

namespace ExecActors.Platform;

/// <summary>How soon the kernel gives a silent TCP peer up. Set on a listening socket; every connection it accepts inherits them.</summary>
/// <remarks>For connections on which nothing is under way; <see cref="TcpProgress"/> tells of the others.</remarks>
public sealed record ListenSocketOptions
{
    /// <summary>Silence before the first keep-alive probe (TCP_KEEPIDLE).</summary>
    /// <value>Whole seconds, 1 to 32,767. Default 10 s.</value>
    public TimeSpan KeepAliveIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between probes (TCP_KEEPINTVL).</summary>
    /// <value>Whole seconds, 1 to 32,767. Default 5 s.</value>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Unanswered probes after which the connection is reset (TCP_KEEPCNT).</summary>
    /// <value>1 to 127. Default 3.</value>
    public int KeepAliveProbes { get; init; } = 3;

    /// <summary>Sets all of them on a TCP socket.</summary>
    /// <exception cref="SocketException">A value is out of its range, or the socket is not TCP.</exception>
    public void Apply(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAliveIdle.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }
}
