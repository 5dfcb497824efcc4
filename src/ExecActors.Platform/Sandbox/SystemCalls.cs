using System.Runtime.InteropServices;

namespace ExecActors.Platform;

/// <summary>The numbers that <see cref="SeccompFilter"/> needs, from the kernel's tables (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h).</summary>
internal sealed class SystemCalls
{
    private static readonly (string Name, int X64, int Arm64)[] _refused =
    [
        // Other processes' memory and descriptors.
        ("ptrace", 101, 117),
        ("process_vm_readv", 310, 270),
        ("process_vm_writev", 311, 271),
        ("process_madvise", 440, 440),
        ("pidfd_getfd", 438, 438),
        ("kcmp", 312, 272),
        ("userfaultfd", 323, 282),
        ("perf_event_open", 298, 241),

        // A second way to make system calls, which filters do not see.
        ("io_uring_setup", 425, 425),
        ("io_uring_enter", 426, 426),
        ("io_uring_register", 427, 427),

        // Namespaces and mounts.
        ("unshare", 272, 97),
        ("setns", 308, 268),
        ("mount", 165, 40),
        ("umount2", 166, 39),
        ("pivot_root", 155, 41),
        ("open_tree", 428, 428),
        ("move_mount", 429, 429),
        ("fsopen", 430, 430),
        ("fsconfig", 431, 431),
        ("fsmount", 432, 432),
        ("fspick", 433, 433),
        ("mount_setattr", 442, 442),
        ("open_tree_attr", 467, 467),
        ("open_by_handle_at", 304, 265),
        ("fanotify_init", 300, 262),

        // Keys of the user's session, which no namespace keeps apart.
        ("add_key", 248, 217),
        ("request_key", 249, 218),
        ("keyctl", 250, 219),

        // The kernel and the machine.
        ("bpf", 321, 280),
        ("init_module", 175, 105),
        ("finit_module", 313, 273),
        ("delete_module", 176, 106),
        ("kexec_load", 246, 104),
        ("kexec_file_load", 320, 294),
        ("reboot", 169, 142),
        ("swapon", 167, 224),
        ("swapoff", 168, 225),
        ("acct", 163, 89),
        ("quotactl", 179, 60),
        ("quotactl_fd", 443, 443),
        ("syslog", 103, 116),
        ("settimeofday", 164, 170),
        ("clock_settime", 227, 112),
        ("iopl", 172, Absent),
        ("ioperm", 173, Absent),
        ("uselib", 134, Absent),
        ("lookup_dcookie", 212, 18),
    ];

    private const int Absent = -1;

    /// <summary>AUDIT_ARCH_*: what the kernel calls the architecture.</summary>
    public required uint Audit { get; init; }

    /// <summary>clone(2); its flags are the first argument on both architectures.</summary>
    public required uint Clone { get; init; }

    /// <summary>clone3(2).</summary>
    public const uint Clone3 = 435;

    /// <summary>ioctl(2).</summary>
    public required uint Ioctl { get; init; }

    /// <summary>socket(2).</summary>
    public required uint Socket { get; init; }

    /// <summary>socketpair(2).</summary>
    public required uint SocketPair { get; init; }

    /// <summary>What no sandboxed program may call.</summary>
    public required uint[] Refused { get; init; }

    /// <summary>Names with their numbers, for tests.</summary>
    public static IEnumerable<(string Name, int X64, int Arm64)> Table => _refused;

    /// <exception cref="PlatformNotSupportedException">Neither x86-64 nor arm64.</exception>
    public static SystemCalls For(Architecture architecture) => (int)architecture switch
    {
        (int)Architecture.X64 => new SystemCalls
        {
            Audit = 0xC000003E,
            Clone = 56,
            Ioctl = 16,
            Socket = 41,
            SocketPair = 53,
            Refused = [.. _refused.Select(call => (uint)call.X64)],
        },
        (int)Architecture.Arm64 => new SystemCalls
        {
            Audit = 0xC00000B7,
            Clone = 220,
            Ioctl = 29,
            Socket = 198,
            SocketPair = 199,
            Refused = [.. _refused.Where(call => call.Arm64 != Absent).Select(call => (uint)call.Arm64)],
        },
        _ => throw new PlatformNotSupportedException($"sandboxes have a system-call filter for x86-64 and arm64; this machine is {architecture}"),
    };
}
