using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>What plans and starts of sandboxes need beyond the rest: facts without following links, link targets, placeholders, memory files.</summary>
internal static unsafe partial class Libc
{
    public const int S_IFLNK = 0xA000;
    public const int S_IFSOCK = 0xC000;
    public const int S_IFIFO = 0x1000;
    public const int S_ISVTX = 0x200;

    private const int AT_NO_AUTOMOUNT = 0x800;
    private const uint STATX_TYPE_MODE_UID_INO = 0x1 | 0x2 | 0x8 | 0x100;
    private const int StatxUidOffset = 20;
    private const int StatxInodeOffset = 32;
    private const int StatxDeviceOffset = 136;
    private const uint MFD_CLOEXEC = 1;
    private const int LOCK_SH = 1;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const long SYS_pidfd_send_signal = 424; // the same number on every architecture
    private const int PathMax = 4096;

    /// <summary>geteuid(2).</summary>
    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUid();

    /// <summary>statx(2) of the path itself: a link is not followed, an automount not triggered.</summary>
    public static int FileIdentity(ReadOnlySpan<byte> path, out FileFacts identity)
    {
        var buffer = stackalloc byte[256];
        int result;
        fixed (byte* start = path)
        {
            result = Statx(AT_FDCWD, start, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE_MODE_UID_INO, buffer);
        }

        identity = result < 0 ? default : ReadIdentity(buffer);
        return result;
    }

    /// <summary>statx(2) of an open descriptor.</summary>
    public static int FileIdentity(SafeFileHandle descriptor, out FileFacts identity)
    {
        var buffer = stackalloc byte[256];
        byte empty = 0;
        var result = Statx((int)descriptor.DangerousGetHandle(), &empty, AT_EMPTY_PATH, STATX_TYPE_MODE_UID_INO, buffer);
        identity = result < 0 ? default : ReadIdentity(buffer);
        return result;
    }

    /// <summary>readlink(2).</summary>
    /// <returns>The target's bytes; null on failure.</returns>
    public static byte[]? ReadLink(ReadOnlySpan<byte> path)
    {
        var buffer = new byte[PathMax];
        fixed (byte* start = path)
        fixed (byte* target = buffer)
        {
            var count = ReadLink(start, target, PathMax);
            return count < 0 ? null : buffer.AsSpan(0, (int)count).ToArray();
        }
    }

    /// <summary>memfd_create(2), close-on-exec. An invalid handle on failure.</summary>
    public static SafeFileHandle MemoryFile(ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return MemFdCreate(start, MFD_CLOEXEC);
        }
    }

    /// <summary>lseek(2) to the beginning.</summary>
    public static int Rewind(SafeFileHandle descriptor) => LSeek(descriptor, 0, 0) < 0 ? -1 : 0;

    /// <summary>mkdir(2).</summary>
    public static int MakeDirectory(ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* start = path)
        {
            return MkDir(start, mode);
        }
    }

    /// <summary>rmdir(2).</summary>
    public static int RemoveDirectory(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return RmDir(start);
        }
    }

    /// <summary>open(2) of a directory for reading, not through a link. An invalid handle on failure.</summary>
    public static SafeFileHandle OpenDirectory(ReadOnlySpan<byte> path)
    {
        var flags = O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW;
        fixed (byte* start = path)
        {
            return OpenAt(AT_FDCWD, start, flags, 0);
        }
    }

    /// <summary>flock(2), shared, not waiting.</summary>
    public static int TryLockShared(SafeFileHandle descriptor) => FLock(descriptor, LOCK_SH | LOCK_NB);

    /// <summary>flock(2), exclusive, not waiting.</summary>
    public static int TryLockExclusive(SafeFileHandle descriptor) => FLock(descriptor, LOCK_EX | LOCK_NB);

    /// <summary>pidfd_send_signal(2).</summary>
    public static int PidfdSendSignal(SafeFileHandle pidfd, int signal) =>
        (int)Syscall4(SYS_pidfd_send_signal, (int)pidfd.DangerousGetHandle(), signal, 0, 0);

    /// <summary>opendir(3); null on failure. Given back with <see cref="CloseDirectory"/>.</summary>
    public static void* OpenDirectoryStream(ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return OpenDir(start);
        }
    }

    /// <summary>readdir(3): the next name and its type byte (DT_*, 0 when the file system does not say); null at the end.</summary>
    public static byte[]? ReadDirectory(void* stream, out byte type)
    {
        // struct dirent of 64-bit Linux: d_ino 8, d_off 8, d_reclen 2, d_type 1, then the name.
        const int TypeOffset = 18;
        const int NameOffset = 19;
        var entry = (byte*)ReadDir(stream);
        if (entry is null)
        {
            type = 0;
            return null;
        }

        type = entry[TypeOffset];
        return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset).ToArray();
    }

    /// <summary>closedir(3).</summary>
    [LibraryImport(Library, EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseDirectory(void* stream);

    private static FileFacts ReadIdentity(byte* statx) => new(
        *(ushort*)(statx + StatxModeOffset),
        *(uint*)(statx + StatxUidOffset),
        ((ulong)*(uint*)(statx + StatxDeviceOffset) << 32) | *(uint*)(statx + StatxDeviceOffset + 4),
        *(ulong*)(statx + StatxInodeOffset));

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true)]
    private static partial nint ReadLink(byte* path, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true)]
    private static partial SafeFileHandle MemFdCreate(byte* name, uint flags);

    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true)]
    private static partial int MkDir(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "rmdir", SetLastError = true)]
    private static partial int RmDir(byte* path);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    private static partial SafeFileHandle OpenAt(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "opendir", SetLastError = true)]
    private static partial void* OpenDir(byte* path);

    [LibraryImport(Library, EntryPoint = "readdir", SetLastError = true)]
    private static partial void* ReadDir(void* stream);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall4(long number, long first, long second, long third, long fourth);
}
