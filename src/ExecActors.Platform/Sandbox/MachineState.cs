using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The part of the file system that is no files but the state of the one kernel: /proc, /sys and what else is mounted of their kind.</summary>
public static class MachineState
{
    private static readonly UnixPath _proc = UnixPath.FromText("/proc");

    /// <summary>Whether a path, links followed as they are now, leads into it; so too when what is mounted cannot be found out. Blocks on the file system.</summary>
    /// <param name="path">Absolute, bytes without NUL; it need not exist.</param>
    public static bool Holds(ReadOnlySpan<byte> path)
    {
        var named = UnixPath.FromBytes(path);
        var place = named;
        byte[]? real;
        while ((real = Libc.RealPath(place.ToCString())) is null && !place.IsRoot)
        {
            place = place.Parent; // what does not exist would be made there
        }

        var found = real is null ? named : UnixPath.FromBytes(real);
        return named.IsAtOrBelow(_proc) || Holds(found);
    }

    /// <summary>Whether a path without links lies in it.</summary>
    internal static bool Holds(UnixPath canonical) => canonical.IsAtOrBelow(_proc) || AnyMounted(canonical.IsAtOrBelow);

    /// <summary>Whether some of it lies at a path without links, or below.</summary>
    internal static bool LiesBelow(UnixPath canonical) => _proc.IsAtOrBelow(canonical) || AnyMounted(mounted => mounted.IsAtOrBelow(canonical));

    private static bool AnyMounted(Func<UnixPath, bool> fits)
    {
        try
        {
            return MachineMounts.Find().Any(fits);
        }
        catch (SandboxException)
        {
            return true;
        }
    }
}
