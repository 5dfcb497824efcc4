using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Pipes, reading, writing and the flags of descriptors.</summary>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    private const int F_SETFL = 4;
    private const int F_SETPIPE_SZ = 1031;
    private const int F_GETPIPE_SZ = 1032;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const nuint FIONREAD = 0x541B;
    private const int EFD_NONBLOCK = O_NONBLOCK;
    private const int EFD_CLOEXEC = O_CLOEXEC;

    /// <summary>pipe2(2) with O_CLOEXEC; both ends blocking.</summary>
    /// <returns>0, or -1 and two handles that hold nothing.</returns>
    public static int Pipe2(out SafeFileHandle readEnd, out SafeFileHandle writeEnd) => Pipe2(out readEnd, out writeEnd, O_CLOEXEC);

    /// <summary>A pipe that holds a single packet (O_DIRECT): whoever reads a byte of it takes it whole, and the other end is writable again.</summary>
    /// <returns>0, or -1 and two handles that hold nothing, or a pipe that is to be closed.</returns>
    public static int PacketPipe(out SafeFileHandle readEnd, out SafeFileHandle writeEnd)
    {
        var direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000; // O_DIRECT
        return Pipe2(out readEnd, out writeEnd, O_CLOEXEC | direct) < 0 || Fcntl(writeEnd, F_SETPIPE_SZ, Environment.SystemPageSize) < 0 ? -1 : 0;
    }

    private static int Pipe2(out SafeFileHandle readEnd, out SafeFileHandle writeEnd, int flags)
    {
        var ends = stackalloc int[2] { -1, -1 };
        var result = Pipe2(ends, flags);
        readEnd = new SafeFileHandle(ends[0], ownsHandle: true);
        writeEnd = new SafeFileHandle(ends[1], ownsHandle: true);
        return result;
    }

    /// <summary>read(2).</summary>
    public static int Read(SafeFileHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)Read(descriptor, start, (nuint)buffer.Length);
        }
    }

    /// <summary>write(2). The runtime ignores SIGPIPE, so a pipe that nobody reads answers EPIPE.</summary>
    public static int Write(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return (int)Write(descriptor, start, (nuint)bytes.Length);
        }
    }

    /// <summary>fcntl(F_SETFL, O_NONBLOCK): for the whole open file description, so never for one that a child shares.</summary>
    public static int SetNonBlocking(SafeFileHandle descriptor) => Fcntl(descriptor, F_SETFL, O_NONBLOCK);

    /// <summary>fcntl(F_GETPIPE_SZ): the bytes a pipe holds.</summary>
    public static int PipeCapacity(SafeFileHandle pipe) => Fcntl(pipe, F_GETPIPE_SZ, 0);

    /// <summary>fcntl(F_SETPIPE_SZ): has a pipe hold as many bytes at least. -1 with EPERM when the user has too much in pipes.</summary>
    public static int WidenPipe(SafeFileHandle pipe, int size) => Fcntl(pipe, F_SETPIPE_SZ, size);

    /// <summary>fcntl(F_DUPFD_CLOEXEC): a second descriptor, not below <paramref name="lowest"/>, of the same open file description.</summary>
    /// <returns>An invalid handle on failure.</returns>
    public static SafeFileHandle Duplicate(SafeFileHandle descriptor, int lowest) =>
        new(Fcntl(descriptor, F_DUPFD_CLOEXEC, lowest), ownsHandle: true);

    /// <summary>dup3(2) with O_CLOEXEC: the number of <paramref name="target"/> names the open file of <paramref name="source"/> from now on, without ever being free.</summary>
    public static int Duplicate(SafeFileHandle source, SafeFileHandle target) => Dup3(source, target, O_CLOEXEC);

    /// <summary>ioctl(FIONREAD): the bytes that a read would give now; -1 on failure.</summary>
    public static int BytesReadable(SafeFileHandle descriptor)
    {
        int count;
        return Ioctl(descriptor, FIONREAD, &count) < 0 ? -1 : count;
    }

    /// <summary>eventfd(2), non-blocking, O_CLOEXEC. An invalid handle on failure.</summary>
    public static SafeFileHandle EventFd() => EventFd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "dup3", SetLastError = true)]
    private static partial int Dup3(SafeFileHandle source, SafeFileHandle target, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle descriptor, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle descriptor, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle EventFd(uint initial, int flags);
}
