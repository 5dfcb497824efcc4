using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Which directories a listener watches, and under which paths; each takes a place. Plain state of one thread at a time.</summary>
internal sealed class WatchedTree(
    INotifyHub hub, IINotifyListener listener, byte[] root, bool recursive, int maxDirectories, IWatchPlaces places)
{
    private const uint Interest = Libc.IN_CREATE | Libc.IN_DELETE | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO | Libc.IN_MODIFY | Libc.IN_ATTRIB
        | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_ONLYDIR | Libc.IN_EXCL_UNLINK;

    private Dictionary<int, byte[]> _paths = [];
    private int _spare; // places that were taken before all is watched anew

    /// <summary>The number of the root's watch.</summary>
    public int Root { get; private set; } = -1;

    /// <summary>The path of a watch.</summary>
    public bool TryGetPath(int watch, out byte[] path)
    {
        var found = _paths.TryGetValue(watch, out var known);
        path = known ?? [];
        return found;
    }

    /// <summary>Watches the root and everything below it anew, under the paths that they have now. Watches that are not of the tree any more go.</summary>
    /// <returns>Why not all is watched.</returns>
    public FileOutcome AddAll()
    {
        var old = _paths;
        _paths = [];
        _spare = old.Count;
        Root = -1;
        var outcome = AddPlace(root, Interest, out var isWatched);
        if (isWatched)
        {
            Root = _paths.Keys.Single();
            outcome = recursive ? AddBelow(root, found: null) : default;
        }

        foreach (var watch in old.Keys.Where(watch => !_paths.ContainsKey(watch)))
        {
            hub.Remove(listener, watch);
        }

        places.GiveBack(_spare);
        _spare = 0;
        return outcome;
    }

    /// <summary>Watches a directory that appeared, and everything below it; nothing when only the root is watched.</summary>
    /// <param name="path">The directory; one that is gone again is fine.</param>
    /// <param name="found">Told of each path below it, which may have been there before the watch was.</param>
    /// <returns>Why not all is watched.</returns>
    public FileOutcome Add(byte[] path, Action<byte[]> found)
    {
        if (!recursive)
        {
            return default;
        }

        var outcome = AddOne(path, out var isWatched);
        return isWatched ? AddBelow(path, found) : outcome;
    }

    /// <summary>Watches nothing any more.</summary>
    public void Clear()
    {
        foreach (var watch in _paths.Keys)
        {
            hub.Remove(listener, watch);
        }

        places.GiveBack(_paths.Count);
        _paths.Clear();
    }

    /// <summary>The watch has gone by itself.</summary>
    public void Forget(int watch)
    {
        if (_paths.Remove(watch))
        {
            places.GiveBack(1);
        }
    }

    /// <summary>A directory was moved away with everything below it.</summary>
    public void Drop(byte[] path)
    {
        foreach (var (watch, watched) in _paths.ToArray())
        {
            if (watched.AsSpan().StartsWith(path) && (watched.Length == path.Length || watched[path.Length] == (byte)'/'))
            {
                Forget(watch);
                hub.Remove(listener, watch);
            }
        }
    }

    private FileOutcome AddBelow(byte[] path, Action<byte[]>? found)
    {
        var left = new Stack<byte[]>();
        left.Push(path);
        while (left.TryPop(out var directory))
        {
            // What vanishes meanwhile, or may not be read, has nothing to show.
            _ = DirectoryReader.Open(directory, followLink: directory == root, guard: null, out var reader);
            using var closesReader = reader;
            while (reader?.MoveNext() == true)
            {
                var entry = NativePath.Join(directory, reader.Name);
                found?.Invoke(entry);
                if (!IsDirectory(reader))
                {
                    continue;
                }

                var outcome = AddOne(entry, out var isWatched);
                if (!outcome.Succeeded)
                {
                    return outcome;
                }

                if (isWatched)
                {
                    left.Push(entry);
                }
            }
        }

        return default;
    }

    private FileOutcome AddOne(byte[] path, out bool isWatched)
    {
        isWatched = false;
        if (_paths.Count >= maxDirectories)
        {
            return FileOutcome.Refused(FileRefusal.TooManyDirectories);
        }

        // Gone, swapped for a file, or not for us to read: nothing is lost by that.
        var outcome = AddPlace(path, Interest | Libc.IN_DONT_FOLLOW, out isWatched);
        return outcome.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES ? default : outcome;
    }

    private FileOutcome AddPlace(byte[] path, uint mask, out bool isWatched)
    {
        isWatched = false;
        if (_spare > 0)
        {
            _spare--;
        }
        else if (!places.TryTake())
        {
            return FileOutcome.Refused(FileRefusal.NoWatchPlaces);
        }

        var watch = hub.Add(listener, CString.Of(path), mask);
        isWatched = watch >= 0;
        var outcome = isWatched ? default : FileOutcome.LastError;
        if (!isWatched || !_paths.TryAdd(watch, path))
        {
            places.GiveBack(1); // not watched, or watched already, under the path that it had
        }

        if (isWatched)
        {
            _paths[watch] = path;
        }

        return outcome;
    }

    private static bool IsDirectory(DirectoryReader reader) =>
        reader.Type == Libc.DT_DIR
        || (reader.Type == Libc.DT_UNKNOWN
            && Libc.StatusAt(reader.Descriptor, reader.NameWithNul, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0
            && status.IsDirectory);
}
