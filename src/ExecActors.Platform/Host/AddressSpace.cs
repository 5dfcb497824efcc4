using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>This program's limit on address space (RLIMIT_AS, <c>ulimit -v</c>), which counts what is reserved and never used, too.</summary>
public static class AddressSpace
{
    private const int M_ARENA_MAX = -8;

    /// <summary>The limit in bytes; null for none.</summary>
    public static long? Limit => Libc.AddressSpace() is { } soft and <= long.MaxValue ? (long)soft : null;

    /// <summary>Where there is a limit: has threads share one heap of the C library, which else reserves 64 MiB for each. To be called before there are many.</summary>
    /// <remarks>The collector takes half of the limit by itself.</remarks>
    public static void Save()
    {
        if (Limit is not null)
        {
            _ = Libc.MallocOption(M_ARENA_MAX, 1);
        }
    }
}
