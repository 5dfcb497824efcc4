using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>sock_diag(7): which files local sockets are bound to.</summary>
internal static unsafe partial class Libc
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int NETLINK_SOCK_DIAG = 4;
    private const int DiagBufferBytes = 32 * 1024;

    /// <summary>Asks the kernel for the local sockets of this network namespace that are bound to a file. Does not wait for anybody.</summary>
    /// <returns>Type, state, own number and inode of each; what could be read when the kernel stops answering, nothing where it cannot tell.</returns>
    public static List<BoundSocket> BoundSockets()
    {
        var found = new List<BoundSocket>();
        using var socket = Socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        if (socket.IsInvalid)
        {
            return found;
        }

        // struct nlmsghdr: length, type SOCK_DIAG_BY_FAMILY, flags REQUEST and DUMP, sequence, port; struct unix_diag_req: family, all states, UDIAG_SHOW_VFS.
        var request = stackalloc uint[10] { 40, 20 | (0x301u << 16), 1, 0, AF_UNIX, uint.MaxValue, 0, 2, uint.MaxValue, uint.MaxValue };
        if (SendTo(socket, request, 40, MSG_NOSIGNAL, null, 0) != 40)
        {
            return found;
        }

        var buffer = new byte[DiagBufferBytes];
        while (Receive(socket, buffer) is > 0 and var count && Append(buffer.AsSpan(0, count), found))
        {
        }

        return found;
    }

    /// <summary>st_nlink of a file, links not followed; 0 when there is none.</summary>
    public static uint LinkCount(ReadOnlySpan<byte> path)
    {
        const uint STATX_NLINK = 4;
        const int LinksOffset = 16;
        var buffer = stackalloc byte[256];
        fixed (byte* start = path)
        {
            return Statx(AT_FDCWD, start, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_NLINK, buffer) < 0 ? 0 : *(uint*)(buffer + LinksOffset);
        }
    }

    // False at the end of the dump, which an error is, too.
    private static bool Append(ReadOnlySpan<byte> messages, List<BoundSocket> found)
    {
        const int HeaderBytes = 16;
        const int MessageBytes = 16;
        const int SocketDiag = 20;
        const int VfsAttribute = 1;
        while (messages.Length >= HeaderBytes)
        {
            var length = BitConverter.ToInt32(messages);
            if (BitConverter.ToUInt16(messages[4..]) != SocketDiag || length < HeaderBytes + MessageBytes || length > messages.Length)
            {
                return false;
            }

            // struct unix_diag_msg: family, type, state, pad, inode of the socket, cookie; then attributes: length, type, value.
            var body = messages[HeaderBytes..length];
            var attributes = body[MessageBytes..];
            while (attributes.Length >= 4 && BitConverter.ToUInt16(attributes) is >= 4 and var size && size <= attributes.Length)
            {
                if (BitConverter.ToUInt16(attributes[2..]) == VfsAttribute && size >= 12)
                {
                    found.Add(new BoundSocket(body[1], body[2], BitConverter.ToUInt32(body[4..]), DeviceOf(BitConverter.ToUInt32(attributes[8..])), BitConverter.ToUInt32(attributes[4..])));
                }

                attributes = attributes[Math.Min(attributes.Length, (size + 3) & ~3)..];
            }

            messages = messages[Math.Min(messages.Length, (length + 3) & ~3)..];
        }

        return true;
    }

    // Inside the kernel a device is 12 bits of major number and 20 of minor.
    private static ulong DeviceOf(uint device) => ((ulong)(device >> 20) << 32) | (device & 0xFFFFF);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeFileHandle socket, void* buffer, nuint length, int flags, void* address, uint addressLength);

    /// <summary>A local socket that has a file.</summary>
    /// <param name="Type">SOCK_STREAM and so on.</param>
    /// <param name="State">As TCP numbers its states: 1 established, 10 listening.</param>
    /// <param name="Number">Its own inode number, which no other socket gets soon.</param>
    /// <param name="Device">That of the file's file system; some of these show another one for files.</param>
    /// <param name="Inode">The low 32 bits of the file's inode number.</param>
    public readonly record struct BoundSocket(byte Type, byte State, uint Number, ulong Device, uint Inode)
    {
        /// <summary>Whether somebody can connect or send to it: not the server's end of a connection, which is bound to the same file.</summary>
        public bool CanBeReached => State != 1 || Type == 2;
    }
}
