using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>This program's limit on open files (RLIMIT_NOFILE): raised for itself and not for its children, and shared out so that its last descriptors are for what is short.</summary>
/// <remarks>
/// The kernel gives out the lowest number that is free, so the number of a new descriptor says how many there are at least: nothing has to be counted. What may stay
/// open for long is refused, class by class, when its number lies in what is kept back. Set at the start, before there are clients.
/// </remarks>
public static class OpenFiles
{
    private static int _reserve;
    private static int _firstNotForConnections = int.MaxValue;
    private static int _firstNotForKeeping = int.MaxValue;
    private static int _firstNotForProcesses = int.MaxValue;

    /// <summary>How many this program may have open, by its soft limit.</summary>
    public static int Limit => (int)Math.Min(Libc.OpenFiles(0)?.Soft ?? int.MaxValue, int.MaxValue);

    /// <summary>The soft limit that children get; null when it is this program's own.</summary>
    internal static ulong? OfChildren { get; set; }

    /// <summary>Whether a process, or what is needed to start one, may have this descriptor.</summary>
    internal static bool IsForProcesses(SafeFileHandle descriptor) => descriptor.DangerousGetHandle() < _firstNotForProcesses;

    /// <summary>Whether a connection may have this descriptor.</summary>
    internal static bool IsForConnections(SafeFileHandle descriptor) => descriptor.DangerousGetHandle() < _firstNotForConnections;

    /// <summary>Raises the soft limit to the hard one. Children go on getting the one there was.</summary>
    /// <remarks>Where the program is not native code, the .NET runtime has raised it before, and what it was is not known any more.</remarks>
    public static void Raise()
    {
        if (Libc.OpenFiles(0) is { } limit && limit.Soft < limit.Hard && Libc.SetOpenFiles(0, limit.Hard) == 0)
        {
            OfChildren = limit.Soft;
            Share(_reserve);
        }
    }

    /// <summary>Keeps back so many of the highest numbers, a quarter of all at most: connections may have none of them, what a client keeps open half, processes three quarters.</summary>
    public static void Share(int reserve)
    {
        _reserve = reserve;
        var limit = Limit;
        var kept = Math.Min(reserve, limit / 4);
        _firstNotForConnections = limit - kept;
        _firstNotForKeeping = limit - (kept / 2);
        _firstNotForProcesses = limit - (kept / 4);
    }

    /// <summary>Whether something may be opened now that stays open for as long as a client likes. Two system calls: the number that is free is looked at by taking it.</summary>
    public static bool HasRoom
    {
        get
        {
            using var probe = Libc.EventFd();
            return !probe.IsInvalid && probe.DangerousGetHandle() < _firstNotForKeeping;
        }
    }
}
