using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Stream sockets that do not block.</summary>
internal static unsafe partial class Libc
{
    public const uint EPOLLRDHUP = 0x2000;

    private const int SOCK_NONBLOCK = O_NONBLOCK;
    private const int SHUT_WR = 1;
    private const int SO_LINGER = 13;
    private const int IPPROTO_TCP = 6;
    private const int TCP_INFO = 11;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int SockaddrBytes = 128; // struct sockaddr_storage

    /// <summary>accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.</summary>
    /// <param name="listener">A socket that listens and does not block.</param>
    /// <param name="peer">Who connected; null when the address is not of the internet.</param>
    /// <returns>An invalid handle on failure.</returns>
    public static SafeFileHandle Accept(SafeFileHandle listener, out IPEndPoint? peer)
    {
        var address = stackalloc byte[SockaddrBytes];
        uint length = SockaddrBytes;
        var socket = Accept4(listener, address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        peer = socket.IsInvalid ? null : EndPointOf(new ReadOnlySpan<byte>(address, SockaddrBytes));
        return socket;
    }

    /// <summary>recv(2).</summary>
    public static int Receive(SafeFileHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Recv(socket, start, (nuint)buffer.Length, 0);
        }
    }

    /// <summary>sendmsg(2) of two pieces in a row, without SIGPIPE. Either may be empty.</summary>
    public static int Send(SafeFileHandle socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* firstStart = first, secondStart = second)
        {
            var parts = stackalloc Part[2] { new(firstStart, first.Length), new(secondStart, second.Length) };
            var message = new Message { Parts = parts, PartCount = 2 };
            return (int)SendMsg(socket, &message, MSG_NOSIGNAL);
        }
    }

    /// <summary>shutdown(SHUT_WR): the peer reads an end once it has read what was sent.</summary>
    public static int EndSending(SafeFileHandle socket) => Shutdown(socket, SHUT_WR);

    /// <summary>SO_LINGER of zero seconds: closing the socket resets the connection and drops what was not sent.</summary>
    public static int ResetOnClose(SafeFileHandle socket)
    {
        var linger = stackalloc int[2] { 1, 0 };
        return SetSockOpt(socket, SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }

    /// <summary>TCP_INFO (tcp(7)), as much of it as fits.</summary>
    public static int TcpInfo(SafeFileHandle socket, Span<byte> info)
    {
        fixed (byte* start = info)
        {
            var length = (uint)info.Length;
            return GetSockOpt(socket, IPPROTO_TCP, TCP_INFO, start, &length);
        }
    }

    // struct sockaddr_in: family, port, four bytes; sockaddr_in6: family, port, flow, sixteen bytes, scope. Port and address in network order.
    private static IPEndPoint? EndPointOf(ReadOnlySpan<byte> address)
    {
        var port = (address[2] << 8) | address[3];
        return BitConverter.ToUInt16(address) switch
        {
            AF_INET => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            AF_INET6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    private static partial SafeFileHandle Accept4(SafeFileHandle socket, byte* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeFileHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(SafeFileHandle socket, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSockOpt(SafeFileHandle socket, int level, int option, byte* value, uint* length);
}
