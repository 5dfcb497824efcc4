using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>posix_spawn(3), whose functions return the error number itself and leave errno alone; and what <see cref="ChildScript"/> needs instead.</summary>
internal static unsafe partial class Libc
{
    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    private const long SYS_rt_sigprocmask = 14; // on x86-64
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int PROT_EXEC = 4;
    private const int MAP_PRIVATE = 0x02;
    private const int MAP_ANONYMOUS = 0x20;

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    public static partial int PosixSpawn(out int pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int SpawnAttributesInit(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int SpawnAttributesDestroy(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SpawnAttributesSetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SpawnAttributesSetSigDefault(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SpawnAttributesSetSigMask(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsAddDup2(void* actions, int descriptor, int newDescriptor);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int FileActionsAddOpen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int FileActionsAddChdir(void* actions, byte* path);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int FileActionsAddCloseFrom(void* actions, int lowest);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    public static partial int SigEmptySet(void* signals);

    /// <summary>rt_sigprocmask(2) itself: the function of the C library leaves two signals alone.</summary>
    public static long SignalMask(int how, ulong* set, ulong* before, nuint size) => Syscall(SYS_rt_sigprocmask, how, set, before, size);

    /// <summary>mmap(2), then mprotect(2): memory that holds machine code and is never written again.</summary>
    /// <returns>Its address; 0 where that is not allowed.</returns>
    public static nint MapCode(ReadOnlySpan<byte> code)
    {
        var length = (nuint)Environment.SystemPageSize;
        var start = MemoryMap(null, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == -1)
        {
            return 0;
        }

        code.CopyTo(new Span<byte>((void*)start, (int)length));
        return MemoryProtect(start, length, PROT_READ | PROT_EXEC) == 0 ? start : 0;
    }

    [LibraryImport(Library, EntryPoint = "syscall")]
    private static partial long Syscall(long number, int how, ulong* set, ulong* before, nuint size);

    [LibraryImport(Library, EntryPoint = "mmap")]
    private static partial nint MemoryMap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Library, EntryPoint = "mprotect")]
    private static partial int MemoryProtect(nint address, nuint length, int protection);
}
