using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>A file that is read whole at the start: a secret, settings. It never holds the start up: what is no regular file is refused before it is read.</summary>
/// <param name="Path">Its absolute path, or what was given where that cannot be made.</param>
/// <param name="Bytes">Its content; empty when it could not be read.</param>
/// <param name="WhyNot">Why it could not be read, for people; null when it was.</param>
/// <param name="IsOpenToOthers">Whether its mode lets its group or everybody do something with it.</param>
public sealed record SmallFile(string Path, ReadOnlyMemory<byte> Bytes, string? WhyNot, bool IsOpenToOthers = false)
{
    private const uint PermissionsOfOthers = 0x3F; // 0077

    /// <summary>Reads it.</summary>
    /// <param name="path">Relative ones are relative to the working directory.</param>
    /// <param name="maximumBytes">A longer one is refused.</param>
    public static SmallFile Read(string path, int maximumBytes)
    {
        if (WorkingDirectory.Find().Resolve(path) is not { } full)
        {
            return new SmallFile(path, default, "the working directory is gone, and the path is relative to it: give an absolute one");
        }

        // A FIFO without a writer would hold up a blocking open, and a terminal a read.
        using var file = Libc.OpenAt(Libc.NoDirectory, CString.Of(full), Libc.O_RDONLY | Libc.O_NONBLOCK);
        if (file.IsInvalid || Libc.Status(file, out var status) < 0)
        {
            return new SmallFile(full, default, OsError.Describe(Libc.LastErrno));
        }

        if (!status.IsRegular)
        {
            return new SmallFile(full, default, status.IsDirectory ? OsError.Describe(Errno.EISDIR) : "it is no regular file, and may never end");
        }

        var buffer = new byte[(int)Math.Min(status.Size, maximumBytes) + 4096];
        var length = 0;
        int count;
        while ((count = Libc.Read(file, buffer.AsSpan(length))) != 0)
        {
            if (count < 0 && Libc.LastErrno != Errno.EINTR)
            {
                return new SmallFile(full, default, OsError.Describe(Libc.LastErrno));
            }

            length += Math.Max(count, 0);
            if (length > maximumBytes)
            {
                return new SmallFile(full, default, $"it is longer than {Size(maximumBytes)}");
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, maximumBytes + 4096)); // a file of /proc tells no size
            }
        }

        return new SmallFile(full, buffer.AsMemory(0, length), WhyNot: null, (status.Permissions & PermissionsOfOthers) != 0);
    }

    private static string Size(int bytes) => $"{bytes / (1024 * 1024)} MiB";
}
