using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// The pipes that were given twice the usual room, because their programs fill them again and again: reader and program switch half as often then.
/// Touched by the reactor's thread alone.
/// </summary>
/// <remarks>
/// The system counts all pipe memory of a user (pipe(7), /proc/sys/fs/pipe-user-pages-soft) and gives new pipes two pages when there is too much, so
/// few may be wide at once: with as many as this it is an eighth of the usual allowance.
/// </remarks>
internal sealed class WidePipes
{
    /// <summary>What a wide pipe holds, in bytes; the usual is 64 KiB.</summary>
    public const int Size = 128 * 1024;

    /// <summary>How many may be wide at once.</summary>
    public const int Most = 128;

    /// <summary>How many are wide now.</summary>
    public int Count { get; private set; }

    /// <summary>Widens a pipe, unless enough are wide or the system refuses. A pipe that is closed is to be returned.</summary>
    public bool TryWiden(SafeFileHandle pipe)
    {
        if (Count == Most || Libc.WidenPipe(pipe, Size) < 0)
        {
            return false;
        }

        Count++;
        return true;
    }

    /// <summary>A wide pipe was closed.</summary>
    public void Return() => Count--;
}
