using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>Removing files and trees.</summary>
public static partial class LinuxFiles
{
    /// <summary>Removes what has the name; a link is removed itself, never its target.</summary>
    /// <param name="path">Absolute. The root is EBUSY.</param>
    /// <param name="recursive">Whether a directory goes with everything in it; otherwise one that is not empty is ENOTEMPTY.</param>
    /// <param name="force">Whether a missing path is a success. No other failure is.</param>
    /// <param name="followLinks">Otherwise a link on the way is ENOTDIR, a link at the end is refused, and so is <paramref name="recursive"/>.</param>
    public static FileOutcome Remove(ReadOnlySpan<byte> path, bool recursive, bool force, bool followLinks)
    {
        if (recursive && !followLinks)
        {
            return FileOutcome.Refused(FileRefusal.RecursiveUnfollowed);
        }

        if (NativePath.IsRoot(path))
        {
            return FileOutcome.Failed(Errno.EBUSY);
        }

        var outcome = NativePath.OpenParent(path, followLinks, out var parent);
        using (parent)
        {
            if (outcome.Succeeded)
            {
                outcome = Remove(parent, NativePath.Name(path), recursive, followLinks);
            }
        }

        return force && outcome.IsNotFound ? default : outcome;
    }

    private static FileOutcome Remove(SafeFileHandle parent, byte[] name, bool recursive, bool followLinks)
    {
        if (Libc.StatusAt(parent, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (status.IsLink && !followLinks)
        {
            return FileOutcome.Refused(FileRefusal.SymbolicLink);
        }

        if (status.IsDirectory && recursive)
        {
            using var removal = new TreeRemoval();
            return removal.Run(parent, name);
        }

        return FileOutcome.Of(Libc.UnlinkAt(parent, name, status.IsDirectory ? Libc.AT_REMOVEDIR : 0));
    }
}
