using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Renaming.</summary>
public static partial class LinuxFiles
{
    /// <summary>Whether a directory cannot be removed or renamed, because a sandbox that this process has started relies on it or on something below it.</summary>
    /// <param name="path">Absolute; links are followed but the last.</param>
    /// <param name="place">Where it is, without links; empty when it is not relied on.</param>
    public static bool IsReliedOn(ReadOnlySpan<byte> path, out byte[] place)
    {
        place = [];
        if (ReliedPlaces.IsEmpty)
        {
            return false;
        }

        var outcome = HeldPlace.Find(path, followLinks: true, out var found);
        using var held = found;
        if (!outcome.Succeeded)
        {
            return false;
        }

        var isRelied = PlaceholderClaim.TryLocate(held!, out var at) && held!.Look().Succeeded && held.Present is { IsDirectory: true } && ReliedPlaces.IsAtOrAbove(at);
        place = isRelied ? at.ToBytes() : [];
        return isRelied;
    }

    /// <summary>Gives a file or directory another name on the same file system (renameat2(2)). A link is renamed itself.</summary>
    /// <param name="source">The present name.</param>
    /// <param name="destination">The new one.</param>
    /// <param name="replace">Whether what has that name already goes; otherwise EEXIST.</param>
    /// <param name="guard">Judges both names; null for none.</param>
    /// <returns>EBUSY also when a sandbox relies on what has either name (<see cref="Placeholders"/>).</returns>
    public static FileOutcome Rename(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, bool replace, IPlaceGuard? guard = null)
    {
        var outcome = HeldPlace.Find(source, followLinks: true, out var foundSource);
        using var from = foundSource;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        outcome = HeldPlace.Find(destination, followLinks: true, out var foundDestination);
        using var to = foundDestination;
        if (outcome.Succeeded)
        {
            outcome = guard?.MayTake(from!.Directory, from.Name) ?? default;
        }

        if (outcome.Succeeded)
        {
            outcome = guard?.MayTake(to!.Directory, to.Name) ?? default;
        }

        if (!outcome.Succeeded)
        {
            return outcome;
        }

        outcome = PlaceholderClaim.Of(from!, out var claimedSource);
        using var claimsSource = claimedSource;
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        outcome = PlaceholderClaim.Of(to!, out var claimedDestination);
        using var claimsDestination = claimedDestination;
        return outcome.Succeeded
            ? FileOutcome.Of(Libc.RenameAt(from!.Directory, from.Name, to!.Directory, to.Name, replace ? 0 : Libc.RENAME_NOREPLACE))
            : outcome;
    }
}
