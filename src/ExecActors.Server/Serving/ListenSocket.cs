using System.Net;
using System.Net.Sockets;
using ExecActors.Hosting;
using ExecActors.Platform;
using ExecActors.Runtime.Settings;

namespace ExecActors.Server.Serving;

/// <summary>Binds before the host is built, so that a bad address is told at once and in the words of the operating system.</summary>
internal static class ListenSocket
{
    /// <summary>A bound TCP socket that does not listen yet; accepted connections inherit its options.</summary>
    /// <exception cref="ExecServerSettingsException">The address cannot be had.</exception>
    public static Socket Bind(IPEndPoint endPoint, ConnectionSettings settings)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SetOptions(socket, settings);
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Refused(e, endPoint);
        }
    }

    /// <summary>What the operating system said, with what helps.</summary>
    public static ExecServerSettingsException Refused(SocketException e, IPEndPoint endPoint) =>
        new(Errno.Describe(e.NativeErrorCode), RemedyFor(e.NativeErrorCode, endPoint), e);

    private static void SetOptions(Socket socket, ConnectionSettings settings)
    {
        // Nagle's algorithm would hold back each small answer that follows another until the peer's delayed acknowledgement, for 40 ms.
        socket.NoDelay = true;
        new ListenSocketOptions
        {
            KeepAliveIdle = settings.KeepAliveIdle,
            KeepAliveInterval = settings.KeepAliveInterval,
            KeepAliveProbes = settings.KeepAliveProbes,
        }.Apply(socket);
    }

    private static string RemedyFor(int errno, IPEndPoint endPoint) => errno switch
    {
        Errno.AddressInUse => $"Another program listens on {endPoint}: stop it, or give another port (0 picks a free one).",
        Errno.AddressNotAvailable => $"No interface of this machine has the address {endPoint.Address}: see `ip address`.",
        Errno.PermissionDenied => $"Port {endPoint.Port} is for privileged programs: use one from 1024 up, or grant CAP_NET_BIND_SERVICE.",
        _ => $"It was said about --listen ws://{endPoint}.",
    };
}
