using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Opening files and making new names for them. Paths are bytes with a closing NUL, relative to a directory's descriptor.</summary>
internal static unsafe partial class Libc
{
    public const int O_WRONLY = 1;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_PATH = 0x200000;

    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_SYMLINK_FOLLOW = 0x400;
    public const int AT_EMPTY_PATH = 0x1000;

    public const uint RENAME_NOREPLACE = 1;

    private const long SYS_openat2 = 437; // the same number on every architecture
    private const long SYS_fchmodat2 = 452; // likewise
    private const ulong RESOLVE_NO_SYMLINKS = 0x04;
    private const int W_OK = 2;

    // These two have numbers of their own on arm64.
    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;
    public static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;

    /// <summary>AT_FDCWD, for paths that are absolute anyway.</summary>
    public static readonly SafeFileHandle NoDirectory = new(AT_FDCWD, ownsHandle: false);

    /// <summary>openat(2), always close-on-exec, and never the controlling terminal. An invalid handle on failure.</summary>
    public static SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        fixed (byte* start = path)
        {
            SafeFileHandle handle;
            do
            {
                handle = OpenAt(directory, start, flags | O_CLOEXEC | O_NOCTTY, mode);
            }
            while (handle.IsInvalid && LastErrno == Errno.EINTR);
            return handle;
        }
    }

    /// <summary>openat2(2) with RESOLVE_NO_SYMLINKS: ELOOP if any component is a link. Always close-on-exec. An invalid handle on failure.</summary>
    /// <remarks>A kernel or filter that does not know the call answers ENOSYS, and nothing falls back to following links.</remarks>
    public static SafeFileHandle OpenWithoutLinks(ReadOnlySpan<byte> path, int flags)
    {
        var how = stackalloc ulong[3] { (uint)(flags | O_CLOEXEC), 0, RESOLVE_NO_SYMLINKS };
        fixed (byte* start = path)
        {
            long result;
            do
            {
                result = Syscall(SYS_openat2, AT_FDCWD, start, how, 3 * sizeof(ulong));
            }
            while (result < 0 && LastErrno is Errno.EINTR or Errno.EAGAIN);
            return new SafeFileHandle((nint)result, ownsHandle: true);
        }
    }

    /// <summary>mkdirat(2) with mode 0777 less the umask.</summary>
    public static int MakeDirectoryAt(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        fixed (byte* start = path)
        {
            return MkDirAt(directory, start, 0x1FF);
        }
    }

    /// <summary>unlinkat(2); AT_REMOVEDIR for an empty directory.</summary>
    public static int UnlinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags)
    {
        fixed (byte* start = name)
        {
            return UnlinkAt(directory, start, flags);
        }
    }

    /// <summary>renameat2(2).</summary>
    public static int RenameAt(SafeFileHandle oldDirectory, ReadOnlySpan<byte> oldPath, SafeFileHandle newDirectory, ReadOnlySpan<byte> newPath, uint flags)
    {
        fixed (byte* from = oldPath, to = newPath)
        {
            return RenameAt2(oldDirectory, from, newDirectory, to, flags);
        }
    }

    /// <summary>linkat(2).</summary>
    public static int LinkAt(ReadOnlySpan<byte> oldPath, SafeFileHandle newDirectory, ReadOnlySpan<byte> newName, int flags)
    {
        fixed (byte* from = oldPath, to = newName)
        {
            return LinkAt(NoDirectory, from, newDirectory, to, flags);
        }
    }

    /// <summary>symlinkat(2).</summary>
    public static int SymlinkAt(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* from = target, to = name)
        {
            return SymlinkAt(from, directory, to);
        }
    }

    /// <summary>fchmodat(2), following links.</summary>
    public static int ChangeMode(ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* start = path)
        {
            return FChModAt(NoDirectory, start, mode, 0);
        }
    }

    /// <summary>fchmodat2(2) with AT_EMPTY_PATH, for a descriptor opened with O_PATH. ENOSYS before Linux 6.6.</summary>
    public static int ChangeModeOfPath(SafeFileHandle file, uint mode)
    {
        byte empty = 0;
        return (int)SyscallWithHandle(SYS_fchmodat2, file, &empty, mode, AT_EMPTY_PATH);
    }

    /// <summary>faccessat(2) with the effective ids: whether the file may be written.</summary>
    public static int AccessWrite(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* start = name)
        {
            return FAccessAtHandle(directory, start, W_OK, AT_EACCESS);
        }
    }

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle directory, byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Syscall(long number, nint directory, byte* path, void* how, nuint size);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SyscallWithHandle(long number, SafeFileHandle directory, byte* path, nuint mode, nint flags);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MkDirAt(SafeFileHandle directory, byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle directory, byte* path, int flags);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAt2(SafeFileHandle oldDirectory, byte* oldPath, SafeFileHandle newDirectory, byte* newPath, uint flags);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(SafeFileHandle oldDirectory, byte* oldPath, SafeFileHandle newDirectory, byte* newPath, int flags);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
    private static partial int SymlinkAt(byte* target, SafeFileHandle directory, byte* path);

    [LibraryImport(Library, EntryPoint = "fchmodat", SetLastError = true)]
    private static partial int FChModAt(SafeFileHandle directory, byte* path, uint mode, int flags);

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true)]
    private static partial int FAccessAtHandle(SafeFileHandle directory, byte* path, int mode, int flags);
}
