using System.Net.Sockets;

namespace ExecActors.Platform;

/// <summary>How soon the kernel gives a silent TCP peer up. Set on a listening socket; every connection it accepts inherits them.</summary>
/// <remarks>A peer that is only slow keeps its connection, since its kernel still acknowledges.</remarks>
public sealed record ListenSocketOptions
{
    private const int IPPROTO_TCP = 6;
    private const int TCP_USER_TIMEOUT = 18;

    /// <summary>Silence before the first keep-alive probe (TCP_KEEPIDLE).</summary>
    /// <value>Whole seconds, 1 to 32,767. Default 10 s.</value>
    public TimeSpan KeepAliveIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between probes (TCP_KEEPINTVL).</summary>
    /// <value>Whole seconds, 1 to 32,767. Default 5 s.</value>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Unanswered probes after which the connection is reset (TCP_KEEPCNT).</summary>
    /// <value>1 to 127. Default 3.</value>
    public int KeepAliveProbes { get; init; } = 3;

    /// <summary>How long sent bytes, and probes, may stay unacknowledged (TCP_USER_TIMEOUT).</summary>
    /// <value>Milliseconds up to 24 days. Default 25 s.</value>
    public TimeSpan UserTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Sets all of them on a TCP socket.</summary>
    /// <exception cref="SocketException">A value is out of its range, or the socket is not TCP.</exception>
    public void Apply(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAliveIdle.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAliveInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);

        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(milliseconds, (int)UserTimeout.TotalMilliseconds);
        socket.SetRawSocketOption(IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
    }
}
