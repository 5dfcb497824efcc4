namespace ExecActors.Platform;

/// <summary>Walking trees.</summary>
public static partial class LinuxFiles
{
    /// <summary>Lists the regular files and directories below a directory, breadth first. What cannot be read becomes an error item, and the walk goes on.</summary>
    /// <param name="root">Absolute. A file, or a link without <see cref="WalkLimits.FollowLinks"/>, has nothing below it.</param>
    /// <param name="limits">How far it goes.</param>
    /// <param name="result">What was found; nothing on failure.</param>
    /// <param name="guard">Judges each directory that is opened; null for none.</param>
    /// <returns>A failure only when the root does not exist or cannot be reached.</returns>
    public static FileOutcome Walk(ReadOnlySpan<byte> root, WalkLimits limits, out WalkResult result, IPlaceGuard? guard = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var outcome = StatusFollowed(root, guard, out var status, out var isLink);
        result = outcome.Succeeded && status.IsDirectory && (limits.FollowLinks || !isLink)
            ? new DirectoryWalk(limits, guard).Run(root.ToArray())
            : new WalkResult([], [], Truncated: false);
        return outcome;
    }
}
