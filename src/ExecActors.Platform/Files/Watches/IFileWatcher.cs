namespace ExecActors.Platform;

/// <summary>Tells of changes in the file system. Setting up a watch may block; callbacks come on the reactor's thread, and must hand over and return.</summary>
public interface IFileWatcher
{
    /// <summary>Watches, once, for paths that are not there to appear.</summary>
    /// <remarks>
    /// Fires when one of them, or the first of its ancestors that is missing, is made; when an ancestor that is there goes; when <paramref name="present"/> or
    /// an ancestor of it goes or its bytes change; and when something is mounted or unmounted. A hint: whoever hears it looks again.
    /// </remarks>
    /// <param name="missing">Absolute paths; at least one.</param>
    /// <param name="present">A path that is there and whose end is of interest too, or null.</param>
    /// <param name="places">What the watch takes its directories and files from.</param>
    /// <param name="changed">Called at most once, perhaps before this method returns.</param>
    /// <returns>
    /// The watch, which is over once it fired; the caller disposes it. Null when it cannot be: a path of <paramref name="missing"/> is there already,
    /// <paramref name="present"/> is not, an ancestor is a link or no directory or may not be read, or no more can be watched.
    /// </returns>
    IDisposable? WatchMissing(IReadOnlyList<byte[]> missing, byte[]? present, IWatchPlaces places, Action changed);

    /// <summary>Watches a directory, or one file, for changes.</summary>
    /// <param name="path">Absolute; a link is followed here, but none below.</param>
    /// <param name="recursive">Whether all directories below are watched too, those made later included.</param>
    /// <param name="maxDirectories">How many directories may be watched; at least 1.</param>
    /// <param name="places">What the watch takes its directories from.</param>
    /// <param name="ready">Called when there is something to read, once for each <see cref="ITreeWatch.Arm"/>.</param>
    /// <param name="watch">The watch, not armed yet; the caller disposes it. Null on failure.</param>
    /// <returns>
    /// <see cref="FileRefusal.TooManyDirectories"/>, <see cref="FileRefusal.NoWatchPlaces"/>, ENOENT, EACCES, EMFILE (no inotify instance left), ENOSPC (no inotify watch left) and the like. A directory
    /// below that may not be read is left out.
    /// </returns>
    FileOutcome WatchTree(byte[] path, bool recursive, int maxDirectories, IWatchPlaces places, Action ready, out ITreeWatch? watch);
}

/// <summary>A watch on a tree. One thread at a time; what nobody reads waits in a queue of its own, whose end is told as an overflow.</summary>
public interface ITreeWatch : IDisposable
{
    /// <summary>Asks to be told, once, when there is something to read; also when there is already.</summary>
    void Arm();

    /// <summary>What happened since the last call, as far as one batch goes. Does not wait for anything to happen, but looks into new directories and so may block.</summary>
    TreeChanges Read();
}
