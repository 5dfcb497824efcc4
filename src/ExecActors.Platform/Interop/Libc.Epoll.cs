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
    private const long SYS_epoll_pwait2 = 441; // the same on all architectures
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillisecond = 1_000_000;

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

    /// <summary>epoll_pwait2(2), without a signal mask; where Linux is older than 5.11 (ENOSYS), or a container's filter does not know the call (EPERM), epoll_wait rounded up to a millisecond.</summary>
    public static int EpollWaitBriefly(SafeFileHandle epoll, EpollEvents events, long timeoutNanoseconds)
    {
        fixed (byte* start = events.Buffer)
        {
            var time = stackalloc long[2] { timeoutNanoseconds / NanosecondsPerSecond, timeoutNanoseconds % NanosecondsPerSecond };
            var count = EpollWait2(SYS_epoll_pwait2, epoll, start, events.Capacity, time, signals: 0, signalsLength: 0);
            return count < 0 && LastErrno is Errno.ENOSYS or Errno.EPERM
                ? EpollWait(epoll, start, events.Capacity, (int)((timeoutNanoseconds + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond))
                : (int)count;
        }
    }

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle EpollCreate1(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollCtl(SafeFileHandle epoll, int operation, SafeFileHandle descriptor, byte* event_);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeFileHandle epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long EpollWait2(long number, SafeFileHandle epoll, byte* events, long maxEvents, long* timeout, nint signals, long signalsLength);
}
