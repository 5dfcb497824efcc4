using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>What a mount is and allows: statfs(2).</summary>
internal static unsafe partial class Libc
{
    private const long ST_NODEV = 4;

    /// <summary>Whether a name lies on a mount on which no device may be opened. False as well when that cannot be found out.</summary>
    public static bool IsWithoutDevices(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        using var place = OpenAt(directory, path, O_PATH); // opens no device
        return !place.IsInvalid && IsWithoutDevices(place);
    }

    /// <summary>The same of what is held.</summary>
    public static bool IsWithoutDevices(SafeFileHandle held) => MountFacts(held, out var facts) == 0 && (facts.Flags & ST_NODEV) != 0;

    /// <summary>statfs(2).</summary>
    public static int FileSystemOf(ReadOnlySpan<byte> path, out FileSystemFacts facts)
    {
        fixed (byte* start = path)
        {
            int result;
            do
            {
                result = StatFs(start, out facts);
            }
            while (result < 0 && LastErrno == Errno.EINTR);
            return result;
        }
    }

    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true)]
    private static partial int StatFs(byte* path, out FileSystemFacts facts);

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int MountFacts(SafeFileHandle file, out FileSystemFacts facts);

    /// <summary>struct statfs, the same on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    public struct FileSystemFacts
    {
        /// <summary>f_type: the magic number of linux/magic.h.</summary>
        [FieldOffset(0)]
        public readonly long Type;

        /// <summary>f_bsize, in bytes.</summary>
        [FieldOffset(8)]
        public readonly long BlockSize;

        /// <summary>f_bavail: free blocks that we may use.</summary>
        [FieldOffset(32)]
        public readonly long AvailableBlocks;

        /// <summary>f_flags.</summary>
        [FieldOffset(80)]
        public readonly long Flags;
    }
}
