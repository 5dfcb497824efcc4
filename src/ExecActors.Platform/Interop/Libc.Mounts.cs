using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>What a mount allows: fstatfs(2).</summary>
internal static unsafe partial class Libc
{
    private const long ST_NODEV = 4;

    /// <summary>Whether a name lies on a mount on which no device may be opened. False as well when that cannot be found out.</summary>
    public static bool IsWithoutDevices(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        using var place = OpenAt(directory, path, O_PATH); // opens no device
        return !place.IsInvalid && MountFacts(place, out var facts) == 0 && (facts.Flags & ST_NODEV) != 0;
    }

    [LibraryImport(Library, EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int MountFacts(SafeFileHandle file, out FileSystemFacts facts);

    /// <summary>struct statfs, the same on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    private struct FileSystemFacts
    {
        [FieldOffset(80)]
        public readonly long Flags;
    }
}
