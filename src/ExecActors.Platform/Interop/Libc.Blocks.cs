using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform.Interop;

/// <summary>Bytes of files by position, and copies inside the kernel.</summary>
internal static unsafe partial class Libc
{
    private const nuint FICLONE = 0x40049409;
    private const int SEEK_DATA = 3;
    private const int SEEK_HOLE = 4;
    private const int FALLOC_FL_KEEP_SIZE = 1;
    private const int FALLOC_FL_PUNCH_HOLE = 2;

    /// <summary>pread(2), tried again when a signal interrupts it.</summary>
    public static int ReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = PRead(file, start, (nuint)buffer.Length, offset);
            }
            while (count < 0 && LastErrno == Errno.EINTR);
            return (int)count;
        }
    }

    /// <summary>pwrite(2), tried again when a signal interrupts it.</summary>
    public static int WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = PWrite(file, start, (nuint)bytes.Length, offset);
            }
            while (count < 0 && LastErrno == Errno.EINTR);
            return (int)count;
        }
    }

    /// <summary>pwritev(2) of the parts behind the first <paramref name="skip"/> bytes, tried again when a signal interrupts it.</summary>
    /// <returns>The bytes written, perhaps not all; -1 on failure.</returns>
    public static long WritePartsAt(SafeFileHandle file, ReadOnlySpan<ReadOnlyMemory<byte>> parts, long skip, long offset)
    {
        var vectors = stackalloc Part[parts.Length];
        var pins = new MemoryHandle[parts.Length];
        var count = 0;
        try
        {
            foreach (var part in parts)
            {
                if (skip >= part.Length)
                {
                    skip -= part.Length;
                    continue;
                }

                var rest = part[(int)skip..];
                skip = 0;
                pins[count] = rest.Pin();
                vectors[count] = new Part((byte*)pins[count].Pointer, rest.Length);
                count++;
            }

            long written;
            do
            {
                written = PWriteV(file, vectors, count, offset);
            }
            while (written < 0 && LastErrno == Errno.EINTR);
            return written;
        }
        finally
        {
            for (var pinned = 0; pinned < count; pinned++)
            {
                pins[pinned].Dispose();
            }
        }
    }

    /// <summary>fallocate(2) with FALLOC_FL_PUNCH_HOLE: gives the space of a range back.</summary>
    public static int PunchHole(SafeFileHandle file, long offset, long length)
    {
        int result;
        do
        {
            result = FAllocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
        }
        while (result < 0 && LastErrno == Errno.EINTR);
        return result;
    }

    /// <summary>ftruncate(2), tried again when a signal interrupts it.</summary>
    public static int Truncate(SafeFileHandle file, long length)
    {
        int result;
        do
        {
            result = FTruncate(file, length);
        }
        while (result < 0 && LastErrno == Errno.EINTR);
        return result;
    }

    /// <summary>copy_file_range(2) with positions of its own.</summary>
    public static long CopyRange(SafeFileHandle source, SafeFileHandle destination, long offset, long length)
    {
        long result;
        do
        {
            var from = offset;
            var to = offset;
            result = CopyFileRange(source, &from, destination, &to, (nuint)length, 0);
        }
        while (result < 0 && LastErrno == Errno.EINTR);
        return result;
    }

    /// <summary>ioctl(FICLONE): the destination shares the source's blocks.</summary>
    public static int Clone(SafeFileHandle source, SafeFileHandle destination) => IoctlWithHandle(destination, FICLONE, source);

    /// <summary>lseek(SEEK_DATA): where data next begins; ENXIO when there is none.</summary>
    public static long SeekData(SafeFileHandle file, long offset) => LSeek(file, offset, SEEK_DATA);

    /// <summary>lseek(SEEK_HOLE): where data next ends.</summary>
    public static long SeekHole(SafeFileHandle file, long offset) => LSeek(file, offset, SEEK_HOLE);

    /// <summary>fchmod(2).</summary>
    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    /// <summary>fchown(2).</summary>
    [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    /// <summary>fdatasync(2).</summary>
    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int DataSync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "pwritev", SetLastError = true)]
    private static partial long PWriteV(SafeFileHandle file, Part* vectors, int count, long offset);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int FTruncate(SafeFileHandle file, long length);

    [LibraryImport(Library, EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial long CopyFileRange(SafeFileHandle source, long* from, SafeFileHandle destination, long* to, nuint length, uint flags);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoctlWithHandle(SafeFileHandle destination, nuint request, SafeFileHandle source);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    private static partial long LSeek(SafeFileHandle file, long offset, int origin);
}
