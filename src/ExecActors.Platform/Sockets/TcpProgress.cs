using System.Net.Sockets;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>What the kernel knows of a peer's acknowledgements (tcp(7), TCP_INFO).</summary>
/// <param name="AwaitsAck">
/// Whether something was sent, bytes or a probe of a closed window, that the peer has not answered. Bytes that it had no room for are sent again after
/// ever longer pauses, and stay unacknowledged although every attempt is answered.
/// </param>
/// <param name="SinceLastAck">Time since the last acknowledgement arrived.</param>
/// <param name="Attempts">
/// How often the kernel has sent what is not acknowledged again, 0 when all is. Without a route nothing leaves, so that the time of sending stays as it was; the
/// attempts are counted all the same.
/// </param>
public readonly record struct TcpProgress(bool AwaitsAck, TimeSpan SinceLastAck, int Attempts = 0)
{
    private const int InfoBytes = 60; // up to and with tcpi_last_ack_recv
    private const int RetransmitsOffset = 2;
    private const int ProbesOffset = 3;
    private const int UnackedOffset = 24;
    private const int LastDataSentOffset = 44;
    private const int LastAckReceivedOffset = 56;

    /// <summary>Asks the kernel; does not block.</summary>
    /// <exception cref="IOException">The socket is not TCP.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static TcpProgress Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var isHeld = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref isHeld);
            using var handle = new SafeFileHandle(socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);
            return Of(handle);
        }
        finally
        {
            if (isHeld)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }

    internal static TcpProgress Of(SafeFileHandle socket)
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        if (Libc.TcpInfo(socket, info) < 0)
        {
            throw new IOException($"getsockopt(TCP_INFO): {OsError.Describe(Libc.LastErrno)}");
        }

        var sinceAck = BitConverter.ToUInt32(info[LastAckReceivedOffset..]);
        var sinceSend = BitConverter.ToUInt32(info[LastDataSentOffset..]);
        var unacked = BitConverter.ToUInt32(info[UnackedOffset..]);
        return new TcpProgress(
            info[ProbesOffset] > 0 || (unacked > 0 && sinceAck > sinceSend), TimeSpan.FromMilliseconds(sinceAck), unacked > 0 ? info[RetransmitsOffset] : 0);
    }
}
