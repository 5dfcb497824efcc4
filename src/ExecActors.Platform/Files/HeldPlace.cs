#pragma warning disable CA2000 // descriptors pass to the place; each failing path disposes them
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Where a path leads: a directory that is held, and one name in it, which is no link that would still have to be followed. The holder disposes it.</summary>
internal sealed class HeldPlace : IDisposable
{
    private const int MostLinks = 40; // as many as the kernel follows
    private const uint OthersMayWrite = 0x2;
    private const uint Sticky = 0x200;

    private SafeFileHandle _directory;

    private HeldPlace(SafeFileHandle directory, byte[] name)
    {
        _directory = directory;
        Name = name;
    }

    /// <summary>The directory; it stays this object's, except by <see cref="TakeDirectory"/>.</summary>
    public SafeFileHandle Directory => _directory;

    /// <summary>The name in it, with a closing NUL.</summary>
    public byte[] Name { get; private set; }

    /// <summary>Whether the path's own last name was a link, which was followed.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>What had the name when it was looked at last; null when nothing had.</summary>
    public FileStatus? Present { get; private set; }

    /// <summary>Holds the directory of a path's last name, without a look at that name.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="followLinks">Otherwise a link on the way is ENOTDIR.</param>
    /// <param name="place">The caller disposes it; null on failure.</param>
    public static FileOutcome Find(ReadOnlySpan<byte> path, bool followLinks, out HeldPlace? place)
    {
        var outcome = NativePath.OpenParent(path, followLinks, out var directory);
        if (!outcome.Succeeded)
        {
            directory.Dispose();
        }

        place = outcome.Succeeded ? new HeldPlace(directory, NativePath.Name(path)) : null;
        return outcome;
    }

    /// <summary>Follows a path to its end, also through a last link that leads nowhere yet.</summary>
    /// <inheritdoc cref="Find"/>
    public static FileOutcome Follow(ReadOnlySpan<byte> path, out HeldPlace? place)
    {
        var outcome = Find(path, followLinks: true, out place);
        return outcome.Succeeded ? Follow(ref place) : outcome;
    }

    /// <summary>Follows a name to its end, also through a last link that leads nowhere yet.</summary>
    /// <param name="directory">Where the name is; it stays the caller's and has to stay open.</param>
    /// <param name="name">One component with a closing NUL.</param>
    /// <param name="place">The caller disposes it; null on failure.</param>
    public static FileOutcome Follow(SafeFileHandle directory, byte[] name, out HeldPlace? place)
    {
        place = new HeldPlace(new SafeFileHandle(directory.DangerousGetHandle(), ownsHandle: false), name);
        return Follow(ref place);
    }

    private static FileOutcome Follow(ref HeldPlace? place)
    {
        var outcome = default(FileOutcome);
        for (var links = 0; outcome.Succeeded; links++)
        {
            outcome = place!.Look();
            if (outcome.Succeeded && place.Present is not { IsLink: true })
            {
                return outcome;
            }

            outcome = !outcome.Succeeded ? outcome : links == MostLinks ? FileOutcome.Failed(Errno.ELOOP) : place.FollowLast();
        }

        place?.Dispose();
        place = null;
        return outcome;
    }

    /// <summary>Looks at what has the name now; nothing is fine.</summary>
    public FileOutcome Look()
    {
        var found = Libc.StatusAt(_directory, Name, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0;
        Present = found ? status : null;
        return found || Libc.LastErrno == Errno.ENOENT ? default : FileOutcome.LastError;
    }

    /// <summary>Hands the directory's descriptor over.</summary>
    public SafeFileHandle TakeDirectory()
    {
        var directory = _directory;
        _directory = new SafeFileHandle(-1, ownsHandle: false);
        return directory;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private FileOutcome FollowLast()
    {
        if (!MayFollow())
        {
            return FileOutcome.Failed(Errno.EACCES);
        }

        if (Libc.ReadLinkAt(_directory, Name) is not { } target)
        {
            return FileOutcome.LastError;
        }

        var text = target.AsSpan(0, target.Length - 1);
        var slash = text.LastIndexOf((byte)'/');
        var last = text[(slash + 1)..];
        if (last.IsEmpty || last.SequenceEqual("."u8) || last.SequenceEqual(".."u8))
        {
            return FileOutcome.Failed(Errno.EISDIR);
        }

        if (slash >= 0)
        {
            var next = Libc.OpenAt(_directory, CString.Of(text[..Math.Max(slash, 1)]), Libc.O_PATH | Libc.O_DIRECTORY);
            if (next.IsInvalid)
            {
                return FileOutcome.LastError;
            }

            _directory.Dispose();
            _directory = next;
        }

        Name = CString.Of(last);
        IsFollowed = true;
        return default;
    }

    // fs.protected_symlinks, which the kernel keeps only where it follows the link itself.
    private bool MayFollow()
    {
        var link = Present!.Value;
        return Libc.Status(_directory, out var above) < 0 || (above.Permissions & (Sticky | OthersMayWrite)) != (Sticky | OthersMayWrite)
            || link.Owner.User == Libc.GetEffectiveUid() || link.Owner.User == above.Owner.User;
    }
}
