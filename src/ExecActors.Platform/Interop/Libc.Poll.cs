using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Waiting for one descriptor, and where it came from.</summary>
internal static unsafe partial class Libc
{
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    private const int F_GETFD = 1;
    private const int FD_CLOEXEC = 1;

    /// <summary>fcntl(F_GETFD): whether the descriptor is open and would be closed by exec(3); -1 when it is not open.</summary>
    public static int CloseOnExec(SafeFileHandle descriptor) =>
        Fcntl(descriptor, F_GETFD, 0) is var flags and >= 0 ? flags & FD_CLOEXEC : -1;

    /// <summary>poll(2) without a time limit: until there is something to read, or room to write, or an error to hear of.</summary>
    public static int Poll(SafeFileHandle descriptor, short events) => PollFor(descriptor, events, -1);

    /// <summary>poll(2), at most so many milliseconds (-1: without end); 0 when they passed.</summary>
    public static int PollFor(SafeFileHandle descriptor, short events, int milliseconds)
    {
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var entry = new PollEntry { Descriptor = (int)descriptor.DangerousGetHandle(), Events = events };
            return Poll(&entry, 1, milliseconds);
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
