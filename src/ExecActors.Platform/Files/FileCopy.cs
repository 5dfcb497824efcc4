#pragma warning disable CA2000 // descriptors are disposed by using, which the analyzer does not see behind a test
using System.Buffers;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Copies the bytes and permission bits of one regular file.</summary>
internal static class FileCopy
{
    private const int BufferBytes = 256 * 1024;
    private const long MostAtOnce = 1L << 30;

    /// <summary>Copies over what the new name leads to, or makes it. A file copied onto itself, under whatever name, is left alone.</summary>
    /// <param name="directory">The directory of the source.</param>
    /// <param name="name">Its name there, with a closing NUL; not a link.</param>
    /// <param name="newDirectory">The directory of the new name.</param>
    /// <param name="newName">With a closing NUL; links are written through.</param>
    /// <param name="guard">Judges both files; null for none.</param>
    public static FileOutcome Run(SafeFileHandle directory, byte[] name, SafeFileHandle newDirectory, byte[] newName, IPlaceGuard? guard)
    {
        var outcome = OpenSource(directory, name, guard, out var from);
        using var closesFrom = from;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        if (Libc.Status(from, out var old) < 0)
        {
            return FileOutcome.LastError;
        }

        if (!old.IsRegular)
        {
            return FileOutcome.Refused(FileRefusal.UncopyableKind); // swapped in since it was looked at
        }

        outcome = OpenDestination(newDirectory, newName, old.Permissions & 0x1FF, guard, out var to);
        using var closesTo = to;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        if (Libc.Status(to, out var present) < 0)
        {
            return FileOutcome.LastError;
        }

        if (present.Identity == old.Identity)
        {
            return default;
        }

        outcome = present.IsRegular ? Fill(from, to, old.Size) : CopyBytes(from, to, 0, long.MaxValue);
        return outcome.Succeeded && present.IsRegular ? FileOutcome.Of(Libc.ChangeMode(to, old.Permissions)) : outcome;
    }

    private static FileOutcome OpenSource(SafeFileHandle directory, byte[] name, IPlaceGuard? guard, out SafeFileHandle file)
    {
        if (guard is not null)
        {
            return HeldFiles.OpenRead(directory, name, followLink: false, guard, out file);
        }

        file = Libc.OpenAt(directory, name, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOFOLLOW);
        return file.IsInvalid ? FileOutcome.LastError : default;
    }

    // Not O_TRUNC: that would empty a file copied onto itself.
    private static FileOutcome OpenDestination(SafeFileHandle directory, byte[] name, uint mode, IPlaceGuard? guard, out SafeFileHandle file)
    {
        if (guard is not null)
        {
            return HeldFiles.OpenWrite(directory, name, new HeldWrite(Flags: 0, mode), guard, out file);
        }

        file = Libc.OpenAt(directory, name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NONBLOCK, mode);
        return file.IsInvalid ? FileOutcome.LastError : default;
    }

    private static FileOutcome Fill(SafeFileHandle from, SafeFileHandle to, long size)
    {
        if (Libc.Truncate(to, 0) < 0)
        {
            return FileOutcome.LastError;
        }

        if (size == 0)
        {
            return CopyBytes(from, to, 0, long.MaxValue); // those of /proc have no size and hold something all the same
        }

        if (Libc.Clone(from, to) == 0)
        {
            return default;
        }

        var outcome = CopyData(from, to, size);
        return outcome.Succeeded ? FileOutcome.Of(Libc.Truncate(to, size)) : outcome; // a hole at the end is no data
    }

    /// <summary>Copies what lies between the holes.</summary>
    private static FileOutcome CopyData(SafeFileHandle from, SafeFileHandle to, long size)
    {
        for (long at = 0; at < size;)
        {
            var data = Libc.SeekData(from, at);
            if (data < 0)
            {
                if (Libc.LastErrno == Errno.ENXIO)
                {
                    break; // nothing but a hole is left
                }

                data = at; // a file system without holes
            }

            var end = Libc.SeekHole(from, data);
            end = Math.Min(end <= data ? size : end, size);
            var outcome = CopyRange(from, to, data, end);
            if (!outcome.Succeeded)
            {
                return outcome;
            }

            at = end;
        }

        return default;
    }

    private static FileOutcome CopyRange(SafeFileHandle from, SafeFileHandle to, long at, long end)
    {
        while (at < end)
        {
            // What the kernel cannot copy by itself, for whatever reason, is read and written; that has its own, better errors.
            var copied = Libc.CopyRange(from, to, at, Math.Min(end - at, MostAtOnce));
            if (copied <= 0)
            {
                return CopyBytes(from, to, at, end);
            }

            at += copied;
        }

        return default;
    }

    private static FileOutcome CopyBytes(SafeFileHandle from, SafeFileHandle to, long at, long end)
    {
        using var destination = new FileHandle(new SafeFileHandle(to.DangerousGetHandle(), ownsHandle: false));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (at < end)
            {
                var count = Libc.ReadAt(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (count <= 0)
                {
                    return FileOutcome.Of(count); // at 0 the file has shrunk meanwhile
                }

                var outcome = destination.WriteAt(buffer.AsSpan(0, count), at);
                if (!outcome.Succeeded)
                {
                    return outcome;
                }

                at += count;
            }

            return default;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
