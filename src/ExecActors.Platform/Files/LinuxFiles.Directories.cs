#pragma warning disable CA2000 // the reader passes to the listing, descriptors to the caller
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
    /// <param name="guard">Judges where each is made; null for none.</param>
    public static FileOutcome CreateDirectory(ReadOnlySpan<byte> path, bool recursive, bool followLinks, IPlaceGuard? guard = null)
    {
        if (!recursive)
        {
            return CreateOne(path, followLinks, guard);
        }

        var outcome = followLinks ? CreateTree(path, guard, out var made) : CreateTreeUnfollowed(path, guard, out made);
        made.Dispose();
        return outcome;
    }

    /// <summary>Lists a directory; a link to one is followed.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="listing">The entries, to be disposed by the caller; null on failure.</param>
    /// <param name="guard">Judges the directory; null for none.</param>
    public static FileOutcome OpenDirectory(ReadOnlySpan<byte> path, out DirectoryListing? listing, IPlaceGuard? guard = null)
    {
        var outcome = DirectoryReader.Open(path, followLink: true, guard, out var reader);
        listing = reader is null ? null : new DirectoryListing(reader);
        return outcome;
    }

    private static FileOutcome CreateOne(ReadOnlySpan<byte> path, bool followLinks, IPlaceGuard? guard)
    {
        var outcome = HeldPlace.Find(path, followLinks, out var found);
        using var place = found;
        return outcome.Succeeded ? MakeEntry(place!.Directory, place.Name, guard) : outcome;
    }

    /// <summary>Makes a directory in one that is held.</summary>
    internal static FileOutcome MakeEntry(SafeFileHandle directory, byte[] name, IPlaceGuard? guard)
    {
        var outcome = guard?.MayMake(directory, name) ?? default;
        return outcome.Succeeded ? FileOutcome.Of(Libc.MakeDirectoryAt(directory, name)) : outcome;
    }

    /// <summary>Makes what is missing of a path: below the lowest directory that is there, which is held, name by name.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="guard">Judges where each is made.</param>
    /// <param name="at">The directory at the end of the path, for naming only (O_PATH); the caller's.</param>
    private static FileOutcome CreateTree(ReadOnlySpan<byte> path, IPlaceGuard? guard, out SafeFileHandle at)
    {
        var flags = Libc.O_PATH | Libc.O_DIRECTORY;
        var end = path.Length;
        at = Libc.OpenAt(Libc.NoDirectory, CString.Of(path), flags);
        while (at.IsInvalid && Libc.LastErrno == Errno.ENOENT && end > 1)
        {
            end = Math.Max(1, path[..end].LastIndexOf((byte)'/'));
            at = Libc.OpenAt(Libc.NoDirectory, CString.Of(path[..end]), flags);
        }

        if (at.IsInvalid)
        {
            // Of what has the name and is no directory it is said that it exists.
            var errno = Libc.LastErrno;
            var isThere = errno is Errno.ENOTDIR or Errno.ELOOP
                && Libc.StatusAt(Libc.NoDirectory, CString.Of(path[..end]), Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;
            return FileOutcome.Failed(isThere ? Errno.EEXIST : errno);
        }

        var outcome = end == path.Length ? guard?.MayChange(at) ?? default : default;
        for (var rest = path[end..].TrimStart((byte)'/'); outcome.Succeeded && !rest.IsEmpty;)
        {
            var slash = rest.IndexOf((byte)'/');
            outcome = Descend(ref at, CString.Of(slash < 0 ? rest : rest[..slash]), guard);
            rest = slash < 0 ? default : rest[(slash + 1)..];
        }

        return outcome;
    }

    private static FileOutcome Descend(ref SafeFileHandle at, byte[] name, IPlaceGuard? guard)
    {
        var outcome = MakeEntry(at, name, guard);
        if (!outcome.Succeeded && outcome.Errno != Errno.EEXIST)
        {
            return outcome;
        }

        // Somebody else may have made the same one, or a link: where that leads to is judged by the next name.
        var next = Libc.OpenAt(at, name, Libc.O_PATH | Libc.O_DIRECTORY);
        if (next.IsInvalid)
        {
            return outcome.Succeeded ? FileOutcome.LastError : outcome;
        }

        at.Dispose();
        at = next;
        return default;
    }

    private static FileOutcome CreateTreeUnfollowed(ReadOnlySpan<byte> path, IPlaceGuard? guard, out SafeFileHandle at)
    {
        at = Libc.OpenAt(Libc.NoDirectory, "/\0"u8, Libc.O_PATH | Libc.O_DIRECTORY);
        for (var rest = path[1..]; !rest.IsEmpty && !at.IsInvalid;)
        {
            var end = rest.IndexOf((byte)'/');
            var name = CString.Of(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
            var outcome = OpenOrMake(at, name, guard, out var next);
            at.Dispose();
            at = next;
            if (!outcome.Succeeded)
            {
                return outcome;
            }
        }

        return at.IsInvalid ? FileOutcome.LastError : default;
    }

    /// <param name="parent">Where to look.</param>
    /// <param name="name">With its closing NUL.</param>
    /// <param name="guard">Judges where it is made.</param>
    /// <param name="found">The caller's; invalid on failure.</param>
    private static FileOutcome OpenOrMake(SafeFileHandle parent, byte[] name, IPlaceGuard? guard, out SafeFileHandle found)
    {
        var flags = Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW; // a link is ENOTDIR
        found = Libc.OpenAt(parent, name, flags);
        var outcome = found.IsInvalid ? FileOutcome.LastError : default;
        if (!outcome.IsNotFound)
        {
            return outcome;
        }

        outcome = MakeEntry(parent, name, guard);
        if (!outcome.Succeeded && outcome.Errno != Errno.EEXIST)
        {
            return outcome;
        }

        found = Libc.OpenAt(parent, name, flags);
        return found.IsInvalid ? FileOutcome.LastError : default;
    }
}
