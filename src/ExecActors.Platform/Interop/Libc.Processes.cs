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
