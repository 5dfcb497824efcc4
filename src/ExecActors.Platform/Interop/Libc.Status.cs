using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>What a name or descriptor stands for: statx(2), readlink(2), realpath(3), getdents64(2).</summary>
internal static unsafe partial class Libc
{
    public const byte DT_UNKNOWN = 0;
    public const byte DT_DIR = 4;
    public const byte DT_REG = 8;
    public const byte DT_LNK = 10;
    public const byte DT_SOCK = 12;

    private const uint STATX_BASIC_STATS_AND_BTIME = 0xFFF;
    private const int LongestLink = 4096;

    /// <summary>statx(2). Paths are bytes with a closing NUL; AT_SYMLINK_NOFOLLOW for a link itself.</summary>
    public static int StatusAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out FileStatus status)
    {
        fixed (byte* start = path)
        fixed (FileStatus* buffer = &status)
        {
            return StatxAt(directory, start, flags, STATX_BASIC_STATS_AND_BTIME, buffer);
        }
    }

    /// <summary>statx(2) of an open file.</summary>
    public static int Status(SafeFileHandle file, out FileStatus status) => StatusAt(file, "\0"u8, AT_EMPTY_PATH, out status);

    /// <summary>readlinkat(2): where a link points, with a closing NUL. Null on failure.</summary>
    public static byte[]? ReadLinkAt(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        var buffer = stackalloc byte[LongestLink];
        fixed (byte* start = path)
        {
            var length = ReadLinkAt(directory, start, buffer, LongestLink);
            return length < 0 ? null : CString.Of(new ReadOnlySpan<byte>(buffer, (int)length));
        }
    }

    /// <summary>realpath(3): the path without links, without a closing NUL. Null on failure.</summary>
    public static byte[]? RealPath(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            var resolved = RealPath(start, null);
            if (resolved is null)
            {
                return null;
            }

            var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved).ToArray();
            Free(resolved);
            return bytes;
        }
    }

    /// <summary>getdents64(2): entries as the kernel packs them; 0 at the end.</summary>
    public static int ReadEntries(SafeFileHandle directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)GetDEnts64(directory, start, (nuint)buffer.Length);
        }
    }

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int StatxAt(SafeFileHandle directory, byte* path, int flags, uint mask, FileStatus* buffer);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeFileHandle directory, byte* path, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "realpath", SetLastError = true)]
    private static partial byte* RealPath(byte* path, byte* resolved);

    [LibraryImport(Library, EntryPoint = "free")]
    private static partial void Free(void* memory);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetDEnts64(SafeFileHandle directory, byte* buffer, nuint size);
}
