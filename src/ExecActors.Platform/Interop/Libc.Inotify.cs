using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>inotify(7).</summary>
internal static unsafe partial class Libc
{
    public const uint IN_MODIFY = 0x2;
    public const uint IN_ATTRIB = 0x4;
    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_MOVE_SELF = 0x800;
    public const uint IN_UNMOUNT = 0x2000;
    public const uint IN_Q_OVERFLOW = 0x4000;
    public const uint IN_IGNORED = 0x8000;
    public const uint IN_ONLYDIR = 0x0100_0000;
    public const uint IN_DONT_FOLLOW = 0x0200_0000;
    public const uint IN_EXCL_UNLINK = 0x0400_0000;
    public const uint IN_MASK_ADD = 0x2000_0000;
    public const uint IN_ISDIR = 0x4000_0000;

    private const int IN_NONBLOCK = O_NONBLOCK;
    private const int IN_CLOEXEC = O_CLOEXEC;

    /// <summary>inotify_init1(2), non-blocking, O_CLOEXEC. An invalid handle on failure: EMFILE when the user has no instance left.</summary>
    public static SafeFileHandle INotifyInit() => INotifyInit1(IN_NONBLOCK | IN_CLOEXEC);

    /// <summary>inotify_add_watch(2) for a path with a closing NUL.</summary>
    /// <returns>The watch's number, the same for the same file; ENOSPC when the user has no watch left.</returns>
    public static int INotifyAddWatch(SafeFileHandle inotify, ReadOnlySpan<byte> path, uint mask)
    {
        fixed (byte* start = path)
        {
            return INotifyAddWatch(inotify, start, mask);
        }
    }

    /// <summary>inotify_rm_watch(2).</summary>
    [LibraryImport(Library, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int INotifyRemoveWatch(SafeFileHandle inotify, int watch);

    [LibraryImport(Library, EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial SafeFileHandle INotifyInit1(int flags);

    [LibraryImport(Library, EntryPoint = "inotify_add_watch", SetLastError = true)]
    private static partial int INotifyAddWatch(SafeFileHandle inotify, byte* path, uint mask);
}
