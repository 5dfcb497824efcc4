using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>What binds descendants to a process: a limit that they inherit, the adoption of orphans, sessions.</summary>
internal static unsafe partial class Libc
{
    public const ulong RLIM_INFINITY = ulong.MaxValue;

    private const int RLIMIT_NOFILE = 7;
    private const int RLIMIT_AS = 9;
    private const int RLIMIT_LOCKS = 10; // the same number on x86-64 and arm64
    private const int P_PID = 1;
    private const int PR_SET_CHILD_SUBREAPER = 36;

    /// <summary>prlimit(2) of RLIMIT_LOCKS, the soft limit. The kernel has not looked at this limit since Linux 2.4, and hands it on to every child.</summary>
    /// <param name="pid">0 for this process.</param>
    /// <returns>Null when there is no such process, or it is another user's.</returns>
    public static ulong? SoftLocks(int pid)
    {
        ResourceLimit limit;
        return PrLimit(pid, RLIMIT_LOCKS, null, &limit) < 0 ? null : limit.Soft;
    }

    /// <summary>prlimit(2): sets the soft RLIMIT_LOCKS and leaves the hard one as it is.</summary>
    /// <param name="pid">0 for this process.</param>
    /// <param name="soft">The new one; <see cref="RLIM_INFINITY"/> for as much as the hard one allows.</param>
    /// <returns>0, or -1: EINVAL above the hard limit, EPERM, ESRCH.</returns>
    public static int SetSoftLocks(int pid, ulong soft)
    {
        ResourceLimit limit;
        if (PrLimit(pid, RLIMIT_LOCKS, null, &limit) < 0)
        {
            return -1;
        }

        limit.Soft = soft == RLIM_INFINITY ? limit.Hard : soft;
        return PrLimit(pid, RLIMIT_LOCKS, &limit, null);
    }

    /// <summary>prlimit(2) of RLIMIT_NOFILE, both limits.</summary>
    /// <param name="pid">0 for this process.</param>
    /// <returns>Null when there is no such process, or it is another user's.</returns>
    public static (ulong Soft, ulong Hard)? OpenFiles(int pid)
    {
        ResourceLimit limit;
        return PrLimit(pid, RLIMIT_NOFILE, null, &limit) < 0 ? null : (limit.Soft, limit.Hard);
    }

    /// <summary>prlimit(2): sets the soft RLIMIT_NOFILE and leaves the hard one as it is.</summary>
    /// <returns>0, or -1: EINVAL above the hard limit, EPERM, ESRCH.</returns>
    public static int SetOpenFiles(int pid, ulong soft)
    {
        ResourceLimit limit;
        if (PrLimit(pid, RLIMIT_NOFILE, null, &limit) < 0)
        {
            return -1;
        }

        limit.Soft = soft;
        return PrLimit(pid, RLIMIT_NOFILE, &limit, null);
    }

    /// <summary>prlimit(2) of RLIMIT_AS, the soft limit; <see cref="RLIM_INFINITY"/> for none, null when it cannot be asked.</summary>
    public static ulong? AddressSpace()
    {
        ResourceLimit limit;
        return PrLimit(0, RLIMIT_AS, null, &limit) < 0 ? null : limit.Soft;
    }

    /// <summary>mallopt(3); not 0 when it was taken.</summary>
    [LibraryImport(Library, EntryPoint = "mallopt")]
    public static partial int MallocOption(int parameter, int value);

    /// <summary>prctl(PR_SET_CHILD_SUBREAPER): orphans among the descendants become children of this process, or of init again.</summary>
    public static int SetChildSubreaper(bool adopts) => Prctl(PR_SET_CHILD_SUBREAPER, adopts ? 1u : 0u, 0, 0, 0);

    /// <summary>getsid(2): the session of a process, a zombie's too; -1 when there is no such process.</summary>
    [LibraryImport(Library, EntryPoint = "getsid", SetLastError = true)]
    public static partial int GetSid(int pid);

    /// <summary>waitid(P_PID) without waiting: takes an ended child out of the process table.</summary>
    /// <returns>Whether it had ended and was ours to take.</returns>
    public static bool TryReap(int pid)
    {
        SignalInfo info = default;
        return WaitId(P_PID, (uint)pid, &info, WEXITED | WNOHANG) == 0 && info.HasChild;
    }

    [LibraryImport(Library, EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int PrLimit(int pid, int resource, ResourceLimit* limit, ResourceLimit* old);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
