namespace ExecActors.Platform;

/// <summary>What became of a path.</summary>
public enum FileChangeKind
{
    /// <summary>It is there now and was not, or something else was; also after it was modified, and when it was moved here.</summary>
    Created,

    /// <summary>Its bytes or permissions are not what they were.</summary>
    Modified,

    /// <summary>It is not there any more; also when it was moved away.</summary>
    Removed,
}

/// <summary>One change.</summary>
/// <param name="Path">Absolute, below the path that is watched.</param>
/// <param name="Kind">The last that happened to it.</param>
public readonly record struct FileChange(byte[] Path, FileChangeKind Kind);

/// <summary>One batch of changes.</summary>
/// <param name="Changes">At most one for each path, in the order in which the paths were first heard of.</param>
/// <param name="Overflow">Whether changes were lost, or a new directory could not be watched: look at everything again.</param>
/// <param name="Ended">Whether the watched path itself is gone, so that nothing more will come.</param>
public sealed record TreeChanges(IReadOnlyList<FileChange> Changes, bool Overflow, bool Ended);
