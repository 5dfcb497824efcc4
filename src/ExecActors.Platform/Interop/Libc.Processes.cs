using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Children: pidfd, waiting, signals.</summary>
internal static unsafe partial class Libc
{
    private const long SYS_pidfd_open = 434; // the same number on every architecture since Linux 5.3
    private const int P_PIDFD = 3;
    private const int WNOHANG = 1;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x01000000;
    private const int SIGCHLD = 17;
    private const int SA_ONSTACK = 0x08000000;
    private const int SA_RESTART = 0x10000000;
    private const int SignalActionBytes = 256; // struct sigaction is 152 bytes long
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    /// <summary>pidfd_open(2); always close-on-exec. By number, because its wrapper came with glibc 2.36. An invalid handle on failure.</summary>
    public static SafeFileHandle PidfdOpen(int pid) => new((nint)Syscall(SYS_pidfd_open, pid, 0), ownsHandle: true);

    /// <summary>
    /// waitid(P_PIDFD) without waiting. With <paramref name="reap"/> an ended child stops being a zombie, otherwise it may be asked again;
    /// <paramref name="info"/> names no child when it still runs.
    /// </summary>
    public static int WaitId(SafeFileHandle pidfd, bool reap, out SignalInfo info)
    {
        info = default;
        fixed (SignalInfo* start = &info)
        {
            return WaitId(P_PIDFD, (uint)pidfd.DangerousGetHandle(), start, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT));
        }
    }

    /// <summary>waitpid(2) for one child until it has ended; true when it was ours to reap.</summary>
    public static bool WaitPid(int pid)
    {
        int status;
        int result;
        while ((result = WaitPid(pid, &status, 0)) < 0 && LastErrno == Errno.EINTR)
        {
        }

        return result == pid;
    }

    /// <summary>kill(2); a negative pid names a process group, signal 0 only asks.</summary>
    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>Undoes an inherited SIG_IGN for SIGCHLD, under which the kernel reaps children itself and their exit status is lost.</summary>
    public static void StopIgnoringChildren()
    {
        // struct sigaction begins with the handler on both architectures and is 152 bytes long.
        var action = stackalloc byte[256];
        new Span<byte>(action, 256).Clear();
        if (SigAction(SIGCHLD, null, action) == 0 && *(nint*)action == SIG_IGN)
        {
            _ = Signal(SIGCHLD, SIG_DFL);
        }
    }

    /// <summary>sigaction(2): has a signal call this function, and system calls go on that it interrupts.</summary>
    /// <returns>What it did before, for <see cref="Unhandle"/>; null, and nothing is changed, when it was ignored.</returns>
    public static byte[]? TryHandle(int signal, nint handler)
    {
        var before = new byte[SignalActionBytes];
        fixed (byte* old = before)
        {
            if (SigAction(signal, null, old) < 0 || *(nint*)old == SIG_IGN)
            {
                return null;
            }

            // The handler, a mask of 128 bytes, the flags.
            var action = stackalloc byte[SignalActionBytes];
            new Span<byte>(action, SignalActionBytes).Clear();
            *(nint*)action = handler;
            *(int*)(action + sizeof(nint) + 128) = SA_RESTART | SA_ONSTACK;
            return SigAction(signal, action, null) == 0 ? before : null;
        }
    }

    /// <summary>sigaction(2): the signal does what it did before <see cref="TryHandle"/>.</summary>
    public static void Unhandle(int signal, byte[] before)
    {
        fixed (byte* action = before)
        {
            _ = SigAction(signal, action, null);
        }
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, long first, long second);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int idType, uint id, SignalInfo* info, int options);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    private static partial int SigAction(int signal, void* action, void* oldAction);

    [LibraryImport(Library, EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint handler);
}
