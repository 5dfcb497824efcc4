using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>The heap of the C library.</summary>
internal static unsafe partial class Libc
{
    /// <summary>malloc_trim(3): gives free pages of all arenas back to the system. 1 when some were.</summary>
    [LibraryImport(Library, EntryPoint = "malloc_trim")]
    public static partial int MallocTrim(nuint pad);
}
