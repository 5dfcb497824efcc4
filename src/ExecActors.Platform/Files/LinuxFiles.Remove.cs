using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Removing files and trees.</summary>
public static partial class LinuxFiles
{
    /// <summary>Removes what has the name; a link is removed itself, never its target.</summary>
    /// <param name="path">Absolute. The root is EBUSY.</param>
    /// <param name="recursive">Whether a directory goes with everything in it; otherwise one that is not empty is ENOTEMPTY.</param>
    /// <param name="force">Whether a missing path is a success. No other failure is.</param>
    /// <param name="followLinks">Otherwise a link on the way is ENOTDIR, a link at the end is refused, and so is <paramref name="recursive"/>.</param>
    /// <param name="guard">Judges the name; null for none.</param>
    /// <returns>EBUSY also when a sandbox relies on it, or on something below it (<see cref="Placeholders"/>).</returns>
    public static FileOutcome Remove(ReadOnlySpan<byte> path, bool recursive, bool force, bool followLinks, IPlaceGuard? guard = null)
    {
        if (recursive && !followLinks)
        {
            return FileOutcome.Refused(FileRefusal.RecursiveUnfollowed);
        }

        if (NativePath.IsRoot(path))
        {
            return FileOutcome.Failed(Errno.EBUSY);
        }

        var outcome = HeldPlace.Find(path, followLinks, out var found);
        using var place = found;
        if (outcome.Succeeded)
        {
            outcome = guard?.MayTake(place!.Directory, place.Name) ?? default;
            if (!outcome.Succeeded)
            {
                return outcome; // whether there is something or not
            }

            outcome = Remove(place!, recursive, followLinks);
        }

        return force && outcome.IsNotFound ? default : outcome;
    }

    private static FileOutcome Remove(HeldPlace place, bool recursive, bool followLinks)
    {
        if (Libc.StatusAt(place.Directory, place.Name, Libc.AT_SYMLINK_NOFOLLOW, out var status) < 0)
        {
            return FileOutcome.LastError;
        }

        if (status.IsLink && !followLinks)
        {
            return FileOutcome.Refused(FileRefusal.SymbolicLink);
        }

        if (!status.IsDirectory)
        {
            return FileOutcome.Of(Libc.UnlinkAt(place.Directory, place.Name, 0));
        }

        var outcome = PlaceholderClaim.Of(place, out var claim);
        using var endsClaim = claim;
        if (outcome.Succeeded && recursive)
        {
            using var removal = new TreeRemoval(claim is not null);
            return removal.Run(place.Directory, place.Name);
        }

        return outcome.Succeeded ? FileOutcome.Of(Libc.UnlinkAt(place.Directory, place.Name, Libc.AT_REMOVEDIR)) : outcome;
    }
}
