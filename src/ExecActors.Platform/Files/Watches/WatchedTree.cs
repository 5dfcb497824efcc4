using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>Which directories a listener watches, and under which paths. Plain state of one thread at a time.</summary>
internal sealed class WatchedTree(INotifyHub hub, IINotifyListener listener, byte[] root, bool recursive, int maxDirectories)
{
    private const uint Interest = Libc.IN_CREATE | Libc.IN_DELETE | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO | Libc.IN_MODIFY | Libc.IN_ATTRIB
        | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_ONLYDIR | Libc.IN_EXCL_UNLINK;

    private Dictionary<int, byte[]> _paths = [];

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
        Root = hub.Add(listener, CString.Of(root), Interest);
        var outcome = FileOutcome.Of(Root);
        if (outcome.Succeeded)
        {
            _paths.Add(Root, root);
            outcome = recursive ? AddBelow(root, found: null) : default;
        }

        foreach (var watch in old.Keys.Where(watch => !_paths.ContainsKey(watch)))
        {
            hub.Remove(listener, watch);
        }

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

        _paths.Clear();
    }

    /// <summary>The watch has gone by itself.</summary>
    public void Forget(int watch) => _paths.Remove(watch);

    /// <summary>A directory was moved away with everything below it.</summary>
    public void Drop(byte[] path)
    {
        foreach (var (watch, watched) in _paths.ToArray())
        {
            if (watched.AsSpan().StartsWith(path) && (watched.Length == path.Length || watched[path.Length] == (byte)'/'))
            {
                _paths.Remove(watch);
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

        var watch = hub.Add(listener, CString.Of(path), Interest | Libc.IN_DONT_FOLLOW);
        if (watch < 0)
        {
            // Gone, swapped for a file, or not for us to read: nothing is lost by that.
            return Libc.LastErrno is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES ? default : FileOutcome.LastError;
        }

        _paths[watch] = path;
        isWatched = true;
        return default;
    }

    private static bool IsDirectory(DirectoryReader reader) =>
        reader.Type == Libc.DT_DIR
        || (reader.Type == Libc.DT_UNKNOWN
            && Libc.StatusAt(reader.Descriptor, reader.NameWithNul, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0
            && status.IsDirectory);
}
