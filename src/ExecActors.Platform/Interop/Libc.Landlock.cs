using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>landlock(7) and prctl(2).</summary>
internal static unsafe partial class Libc
{
    private const long SYS_landlock_create_ruleset = 444; // the same numbers on every architecture
    private const long SYS_landlock_add_rule = 445;
    private const long SYS_landlock_restrict_self = 446;
    private const nuint LANDLOCK_CREATE_RULESET_VERSION = 1;
    private const long LANDLOCK_RULE_PATH_BENEATH = 1;
    private const int O_PATH_CLOEXEC = 0x200000 | O_CLOEXEC;
    private const int PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>landlock_create_ruleset(LANDLOCK_CREATE_RULESET_VERSION): the ABI that the kernel speaks; negative when it has none or does not allow it.</summary>
    public static int LandlockAbi() => (int)LandlockCreateRuleset(SYS_landlock_create_ruleset, null, 0, LANDLOCK_CREATE_RULESET_VERSION);

    /// <summary>landlock_create_ruleset(2). An invalid handle on failure.</summary>
    /// <param name="handled">The members of struct landlock_ruleset_attr that the kernel's ABI has: file system, network, scopes.</param>
    public static SafeFileHandle LandlockCreateRuleset(ReadOnlySpan<ulong> handled)
    {
        fixed (ulong* attributes = handled)
        {
            return new((nint)LandlockCreateRuleset(SYS_landlock_create_ruleset, attributes, (nuint)(handled.Length * sizeof(ulong)), 0), ownsHandle: true);
        }
    }

    /// <summary>landlock_add_rule(2) with LANDLOCK_RULE_PATH_BENEATH.</summary>
    public static int LandlockAllowBeneath(SafeFileHandle ruleset, SafeFileHandle parent, ulong access)
    {
        var rule = new PathBeneath { Access = access, Parent = (int)parent.DangerousGetHandle() };
        return (int)LandlockAddRule(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }

    /// <summary>landlock_restrict_self(2): binds the calling thread and what it starts from now on.</summary>
    public static int LandlockRestrictThread(SafeFileHandle ruleset) => (int)LandlockRestrictSelf(SYS_landlock_restrict_self, ruleset, 0);

    /// <summary>prctl(PR_SET_NO_NEW_PRIVS) for the calling thread.</summary>
    public static int SetNoNewPrivileges() => Prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

    /// <summary>open(2) with O_PATH, following links: a place in the file system and no right to anything. An invalid handle on failure.</summary>
    public static SafeFileHandle OpenPlace(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return OpenPlace(start, O_PATH_CLOEXEC);
        }
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    private static partial SafeFileHandle OpenPlace(byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long LandlockCreateRuleset(long number, ulong* attributes, nuint size, nuint flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long LandlockAddRule(long number, SafeFileHandle ruleset, long type, PathBeneath* rule, nuint flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long LandlockRestrictSelf(long number, SafeFileHandle ruleset, nuint flags);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    /// <summary>struct landlock_path_beneath_attr, packed.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathBeneath
    {
        public ulong Access;
        public int Parent;
    }
}
