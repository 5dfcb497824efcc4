using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>unix(7) sockets whose packets keep their borders and may carry one descriptor each.</summary>
internal static unsafe partial class Libc
{
    private const int AF_UNIX = 1;
    private const int SOCK_SEQPACKET = 5;
    private const int SOCK_CLOEXEC = O_CLOEXEC;
    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;
    private const int SHUT_RDWR = 2;
    private const int MSG_TRUNC = 0x20;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;

    /// <summary>socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC).</summary>
    /// <returns>0, or -1 and two handles that hold nothing.</returns>
    public static int PacketSocketPair(out SafeFileHandle first, out SafeFileHandle second)
    {
        var ends = stackalloc int[2] { -1, -1 };
        var result = SocketPair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
        first = new SafeFileHandle(ends[0], ownsHandle: true);
        second = new SafeFileHandle(ends[1], ownsHandle: true);
        return result;
    }

    /// <summary>sendmsg(2) of one packet without waiting: a header, a body and copies of at most two descriptors, which stay the caller's.</summary>
    public static nint SendPacket(SafeFileHandle socket, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<SafeFileHandle> passed)
    {
        var held = 0;
        try
        {
            var rights = new Rights { Level = SOL_SOCKET, Type = SCM_RIGHTS, Length = RightsBytes(passed.Length) };
            foreach (var descriptor in passed)
            {
                var isHeld = false;
                descriptor.DangerousAddRef(ref isHeld);
                rights.Descriptors[held++] = (int)descriptor.DangerousGetHandle();
            }

            fixed (byte* headerStart = header, bodyStart = body)
            {
                var parts = stackalloc Part[2] { new(headerStart, header.Length), new(bodyStart, body.Length) };
                var message = new Message { Parts = parts, PartCount = 2 };
                if (held > 0)
                {
                    message.Control = &rights;
                    message.ControlBytes = rights.Length;
                }

                return SendMsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
            }
        }
        finally
        {
            while (held > 0)
            {
                passed[--held].DangerousRelease();
            }
        }
    }

    /// <summary>recvmsg(2) of one packet without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="header">Filled first.</param>
    /// <param name="body">Filled with what follows.</param>
    /// <param name="passed">The descriptors that came with it, close-on-exec and the caller's; a third and further ones are dropped by the kernel.</param>
    /// <param name="truncated">Whether the packet was longer than both.</param>
    /// <returns>The bytes of the packet that fitted; 0 at the end; -1 on failure.</returns>
    public static nint ReceivePacket(SafeFileHandle socket, Span<byte> header, Span<byte> body, out SafeFileHandle[] passed, out bool truncated)
    {
        fixed (byte* headerStart = header, bodyStart = body)
        {
            var parts = stackalloc Part[2] { new(headerStart, header.Length), new(bodyStart, body.Length) };
            var rights = default(Rights);
            var message = new Message { Parts = parts, PartCount = 2, Control = &rights, ControlBytes = (nuint)sizeof(Rights) };
            var count = RecvMsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            truncated = count >= 0 && (message.Flags & MSG_TRUNC) != 0;
            passed = [];
            if (count >= 0 && message.ControlBytes >= RightsBytes(1) && rights is { Level: SOL_SOCKET, Type: SCM_RIGHTS })
            {
                passed = new SafeFileHandle[rights.Length >= RightsBytes(2) ? 2 : 1];
                for (var index = 0; index < passed.Length; index++)
                {
                    passed[index] = new SafeFileHandle(rights.Descriptors[index], ownsHandle: true);
                }
            }

            return count;
        }
    }

    /// <summary>shutdown(SHUT_RDWR): both ends see the end of the conversation, whoever still holds a copy of the descriptor.</summary>
    public static int Shutdown(SafeFileHandle socket) => Shutdown(socket, SHUT_RDWR);

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMsg(SafeFileHandle socket, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint RecvMsg(SafeFileHandle socket, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(SafeFileHandle socket, int how);

    /// <summary>struct iovec.</summary>
    private readonly struct Part(byte* start, int length)
    {
        public readonly byte* Start = start;
        public readonly nuint Length = (nuint)length;
    }

    /// <summary>struct msghdr, the same on every 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameBytes;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlBytes;
        public int Flags;
    }

    // CMSG_LEN; the kernel takes as many as the room says, and two fill it without padding.
    private static nuint RightsBytes(int descriptors) => (nuint)(sizeof(Rights) - ((2 - descriptors) * sizeof(int)));

    /// <summary>struct cmsghdr with two descriptors behind it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Rights
    {
        public nuint Length;
        public int Level;
        public int Type;
        public fixed int Descriptors[2];
    }
}
