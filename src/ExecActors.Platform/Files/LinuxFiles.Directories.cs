#pragma warning disable CA2000 // the reader passes to the listing
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Making and listing directories.</summary>
public static partial class LinuxFiles
{
    /// <summary>Makes a directory of mode 0777 less the umask.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="recursive">Whether missing ancestors are made too, and a directory that is there already is fine.</param>
    /// <param name="followLinks">Otherwise a link, or a file, on the way or at its end is ENOTDIR (EEXIST at the end without <paramref name="recursive"/>).</param>
    public static FileOutcome CreateDirectory(ReadOnlySpan<byte> path, bool recursive, bool followLinks)
    {
        if (!followLinks)
        {
            return recursive ? CreateTreeUnfollowed(path) : CreateOneUnfollowed(path);
        }

        var name = CString.Of(path);
        if (Libc.MakeDirectoryAt(Libc.NoDirectory, name) == 0)
        {
            return default;
        }

        return (Libc.LastErrno, recursive) switch
        {
            (Errno.EEXIST, true) => ExistingDirectory(name),
            (Errno.ENOENT, true) => CreateAncestors(path),
            _ => FileOutcome.LastError,
        };
    }

    /// <summary>Lists a directory; a link to one is followed.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="listing">The entries, to be disposed by the caller; null on failure.</param>
    public static FileOutcome OpenDirectory(ReadOnlySpan<byte> path, out DirectoryListing? listing)
    {
        var outcome = DirectoryReader.Open(path, followLink: true, out var reader);
        listing = reader is null ? null : new DirectoryListing(reader);
        return outcome;
    }

    private static FileOutcome CreateAncestors(ReadOnlySpan<byte> path)
    {
        // Upwards to the first that is there, then down again.
        var missing = new Stack<byte[]>();
        for (var ancestor = path; ; ancestor = ancestor[..Math.Max(1, ancestor.LastIndexOf((byte)'/'))])
        {
            var name = CString.Of(ancestor);
            if (Libc.MakeDirectoryAt(Libc.NoDirectory, name) == 0)
            {
                break;
            }

            var errno = Libc.LastErrno;
            if (errno == Errno.EEXIST)
            {
                var outcome = ExistingDirectory(name);
                if (!outcome.Succeeded)
                {
                    return outcome;
                }

                break;
            }

            if (errno != Errno.ENOENT || NativePath.IsRoot(ancestor))
            {
                return FileOutcome.Failed(errno);
            }

            missing.Push(name);
        }

        while (missing.TryPop(out var name))
        {
            // Somebody else may make the same one now.
            if (Libc.MakeDirectoryAt(Libc.NoDirectory, name) < 0)
            {
                var errno = Libc.LastErrno;
                var outcome = errno == Errno.EEXIST ? ExistingDirectory(name) : FileOutcome.Failed(errno);
                if (!outcome.Succeeded)
                {
                    return outcome;
                }
            }
        }

        return default;
    }

    private static FileOutcome ExistingDirectory(byte[] name) =>
        Libc.StatusAt(Libc.NoDirectory, name, 0, out var status) == 0 && status.IsDirectory ? default : FileOutcome.Failed(Errno.EEXIST);

    private static FileOutcome CreateOneUnfollowed(ReadOnlySpan<byte> path)
    {
        var outcome = NativePath.OpenParent(path, followLinks: false, out var parent);
        using (parent)
        {
            return outcome.Succeeded ? FileOutcome.Of(Libc.MakeDirectoryAt(parent, NativePath.Name(path))) : outcome;
        }
    }

    private static FileOutcome CreateTreeUnfollowed(ReadOnlySpan<byte> path)
    {
        var at = Libc.OpenAt(Libc.NoDirectory, "/\0"u8, Libc.O_PATH | Libc.O_DIRECTORY);
        try
        {
            for (var rest = path[1..]; !rest.IsEmpty && !at.IsInvalid;)
            {
                var end = rest.IndexOf((byte)'/');
                var name = CString.Of(end < 0 ? rest : rest[..end]);
                rest = end < 0 ? default : rest[(end + 1)..];
                var next = OpenOrMake(at, name, out var errno);
                at.Dispose();
                at = next;
                if (at.IsInvalid)
                {
                    return FileOutcome.Failed(errno);
                }
            }

            return at.IsInvalid ? FileOutcome.LastError : default;
        }
        finally
        {
            at.Dispose();
        }
    }

    /// <param name="parent">Where to look.</param>
    /// <param name="name">With its closing NUL.</param>
    /// <param name="errno">Why the result is invalid.</param>
    private static SafeFileHandle OpenOrMake(SafeFileHandle parent, byte[] name, out int errno)
    {
        var flags = Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW; // a link is ENOTDIR
        errno = 0;
        var found = Libc.OpenAt(parent, name, flags);
        if (!found.IsInvalid)
        {
            return found;
        }

        errno = Libc.LastErrno;
        if (errno != Errno.ENOENT)
        {
            return found;
        }

        if (Libc.MakeDirectoryAt(parent, name) < 0 && Libc.LastErrno != Errno.EEXIST)
        {
            errno = Libc.LastErrno;
            return found;
        }

        found.Dispose();
        found = Libc.OpenAt(parent, name, flags);
        errno = found.IsInvalid ? Libc.LastErrno : 0;
        return found;
    }
}
