using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>pty(7).</summary>
internal static unsafe partial class Libc
{
    private const nuint TIOCSWINSZ = 0x5414;
    private const int NameBytes = 64;

    /// <summary>posix_openpt(3): a new master, non-blocking, close-on-exec, not our controlling terminal. An invalid handle on failure.</summary>
    public static SafeFileHandle PosixOpenPt() => PosixOpenPt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

    /// <summary>grantpt(3).</summary>
    [LibraryImport(Library, EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantPt(SafeFileHandle master);

    /// <summary>unlockpt(3).</summary>
    [LibraryImport(Library, EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockPt(SafeFileHandle master);

    /// <summary>ptsname_r(3): the slave's path with its closing NUL. Returns an errno, 0 for none.</summary>
    public static int PtsName(SafeFileHandle master, out byte[] path)
    {
        path = new byte[NameBytes];
        fixed (byte* start = path)
        {
            return PtsName(master, start, NameBytes);
        }
    }

    /// <summary>ioctl(TIOCSWINSZ).</summary>
    public static int SetWindowSize(SafeFileHandle terminal, ushort rows, ushort columns)
    {
        var size = stackalloc ushort[4] { rows, columns, 0, 0 }; // struct winsize; the last two are pixels
        return Ioctl(terminal, TIOCSWINSZ, size);
    }

    [LibraryImport(Library, EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial SafeFileHandle PosixOpenPt(int flags);

    [LibraryImport(Library, EntryPoint = "ptsname_r")]
    private static partial int PtsName(SafeFileHandle master, byte* buffer, nuint size);
}
