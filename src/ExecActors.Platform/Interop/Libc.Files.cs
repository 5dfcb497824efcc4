using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>Questions about paths, which are bytes with a closing NUL.</summary>
internal static unsafe partial class Libc
{
    private const int AT_FDCWD = -100;
    private const int AT_EACCESS = 0x200;
    private const int X_OK = 1;
    private const uint STATX_TYPE = 1;
    private const int StatxModeOffset = 28;
    private const int S_IFMT = 0xF000;
    private const int S_IFDIR = 0x4000;
    private const int S_IFREG = 0x8000;

    /// <summary>faccessat(2) with the effective ids: whether the file may be executed, or the directory searched.</summary>
    public static int AccessExecute(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return FAccessAt(AT_FDCWD, start, X_OK, AT_EACCESS);
        }
    }

    /// <summary>statx(2), whose structure is the same on every architecture: what kind of file a path names, following links.</summary>
    public static int FileType(ReadOnlySpan<byte> path, out bool isDirectory, out bool isRegular)
    {
        var buffer = stackalloc byte[256];
        int result;
        fixed (byte* start = path)
        {
            result = Statx(AT_FDCWD, start, 0, STATX_TYPE, buffer);
        }

        var type = result < 0 ? 0 : *(ushort*)(buffer + StatxModeOffset) & S_IFMT;
        isDirectory = type == S_IFDIR;
        isRegular = type == S_IFREG;
        return result;
    }

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true)]
    private static partial int FAccessAt(int directory, byte* path, int mode, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, byte* path, int flags, uint mask, byte* buffer);
}
