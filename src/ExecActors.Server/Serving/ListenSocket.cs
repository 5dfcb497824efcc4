using System.Net;
using System.Net.Sockets;
using ExecActors.Hosting;

namespace ExecActors.Server.Serving;

/// <summary>Binds before the host is built, so that a bad address is told at once and in the words of the operating system.</summary>
internal static class ListenSocket
{
    /// <summary>A bound TCP socket that does not listen yet; accepted connections inherit its options.</summary>
    /// <exception cref="ExecServerSettingsException">The address cannot be had.</exception>
    public static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SetOptions(socket);
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
        new(OsError.Describe(e.NativeErrorCode), RemedyFor(e.NativeErrorCode, endPoint), e);

    // The reference server leaves Nagle's algorithm on, which costs it 40 ms with each small answer that follows another.
    private static void SetOptions(Socket socket) => socket.NoDelay = true;

    private static string RemedyFor(int errno, IPEndPoint endPoint) => errno switch
    {
        OsError.AddressInUse => $"Another program listens on {endPoint}: stop it, or give another port (0 picks a free one).",
        OsError.AddressNotAvailable => $"No interface of this machine has the address {endPoint.Address}: see `ip address`.",
        OsError.PermissionDenied => $"Port {endPoint.Port} is for privileged programs: use one from 1024 up, or grant CAP_NET_BIND_SERVICE.",
        _ => $"It was said about --listen ws://{endPoint}.",
    };
}
