using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>epoll(7).</summary>
internal static unsafe partial class Libc
{
    public const uint EPOLLIN = 0x001;
    public const uint EPOLLPRI = 0x002;
    public const uint EPOLLOUT = 0x004;
    public const uint EPOLLERR = 0x008;
    public const uint EPOLLHUP = 0x010;
    public const uint EPOLLONESHOT = 1u << 30;
    public const uint EPOLLET = 1u << 31;

    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    private const int EPOLL_CLOEXEC = O_CLOEXEC;

    /// <summary>epoll_create1(2) with EPOLL_CLOEXEC. An invalid handle on failure.</summary>
    public static SafeFileHandle EpollCreate() => EpollCreate1(EPOLL_CLOEXEC);

    /// <summary>epoll_ctl(2); <paramref name="data"/> comes back with each event.</summary>
    public static int EpollCtl(SafeFileHandle epoll, int operation, SafeFileHandle descriptor, uint events, long data)
    {
        var buffer = stackalloc byte[EpollEvents.MaxEventSize];
        EpollEvents.Write(buffer, events, data);
        return EpollCtl(epoll, operation, descriptor, buffer);
    }

    /// <summary>epoll_wait(2); <paramref name="timeoutMilliseconds"/> -1 waits without limit.</summary>
    public static int EpollWait(SafeFileHandle epoll, EpollEvents events, int timeoutMilliseconds)
    {
        fixed (byte* start = events.Buffer)
        {
            return EpollWait(epoll, start, events.Capacity, timeoutMilliseconds);
        }
    }

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle EpollCreate1(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollCtl(SafeFileHandle epoll, int operation, SafeFileHandle descriptor, byte* event_);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeFileHandle epoll, byte* events, int maxEvents, int timeout);
}
