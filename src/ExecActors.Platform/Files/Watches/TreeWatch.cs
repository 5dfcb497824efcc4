using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The watch of <see cref="IFileWatcher.WatchTree"/>. The reactor only puts records into its queue; the reader's thread does the work.</summary>
internal sealed class TreeWatch : IINotifyListener, ITreeWatch
{
    /// <summary>Paths after which no more is read; the rest is the next batch's.</summary>
    private const int EnoughChanges = 4096;

    private const uint Gone = Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_UNMOUNT;

    private readonly Action _ready;
    private readonly byte[] _path;
    private readonly byte[]? _onlyName;
    private readonly INotifyHubs _hubs;
    private readonly INotifyHub _hub;
    private readonly WatchedTree _tree;
    private readonly EventQueue _queue = new();
    private bool _ended;
    private int _closed;

    private TreeWatch(INotifyHubs hubs, INotifyHub hub, byte[] root, bool recursive, int maxDirectories, IWatchPlaces places, byte[] path, byte[]? onlyName, Action ready)
    {
        _hubs = hubs;
        _hub = hub;
        _tree = new WatchedTree(hub, this, root, recursive, maxDirectories, places);
        _path = path;
        _onlyName = onlyName;
        _ready = ready;
    }

    /// <summary>Sets up; the watch is not armed yet.</summary>
    public static FileOutcome Start(INotifyHubs hubs, byte[] path, bool recursive, int maxDirectories, IWatchPlaces places, Action ready, out TreeWatch? watch)
    {
        watch = null;
        if (Libc.StatusAt(Libc.NoDirectory, CString.Of(path), 0, out var status) < 0 || Libc.RealPath(CString.Of(path)) is not { } real)
        {
            return FileOutcome.LastError;
        }

        var outcome = hubs.Join(out var hub);
        if (!outcome.Succeeded)
        {
            return outcome;
        }

        // A file is watched in its directory, for editors put another one in its place.
        var root = status.IsDirectory ? path : NativePath.Parent(real)[..^1];
        var onlyName = status.IsDirectory ? null : NativePath.Name(real)[..^1];
#pragma warning disable CA2000 // the caller's; disposed here when it cannot be set up
        var started = new TreeWatch(hubs, hub!, root, recursive && status.IsDirectory, maxDirectories, places, path, onlyName, ready);
#pragma warning restore CA2000
        outcome = started._tree.AddAll();
        if (outcome.Succeeded)
        {
            watch = started;
        }
        else
        {
            started.Dispose();
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Arm()
    {
        if (Volatile.Read(ref _closed) == 0 && _queue.Arm())
        {
            _ready();
        }
    }

    /// <inheritdoc/>
    public TreeChanges Read()
    {
        var batch = new ChangeBatch();
        _ended |= Volatile.Read(ref _closed) == 1; // nobody is interested any more
        if (!_ended)
        {
            _hub.Drain();
        }

        while (!_ended && batch.Count < EnoughChanges && _queue.TryTake(out var records, out var lost))
        {
            Take(records, batch);
            if (lost)
            {
                // Directories may have come and gone unseen.
                batch.Overflow = true;
                _ended |= _tree.AddAll().IsNotFound;
            }
        }

        return batch.Finish(_ended);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _tree.Clear();
            _hubs.Leave(_hub);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(INotifyEvents happened)
    {
        if (Volatile.Read(ref _closed) == 0 && _queue.Add(happened))
        {
            _ready();
        }
    }

    private void Take(ReadOnlySpan<byte> bytes, ChangeBatch batch)
    {
        var events = new INotifyEvents(bytes);
        while (events.MoveNext())
        {
            if ((events.Mask & Libc.IN_IGNORED) != 0)
            {
                _tree.Forget(events.Watch);
            }
            else if (_tree.TryGetPath(events.Watch, out var directory))
            {
                Take(events, directory, batch);
            }
        }
    }

    private void Take(INotifyEvents change, byte[] directory, ChangeBatch batch)
    {
        var isRoot = change.Watch == _tree.Root;
        if (change.Name.IsEmpty)
        {
            TakeUnnamed(change.Mask, isRoot, batch);
            return;
        }

        if (_onlyName is not null && !change.Name.SequenceEqual(_onlyName))
        {
            return;
        }

        var path = _onlyName is null ? NativePath.Join(directory, change.Name) : _path;
        var isDirectory = (change.Mask & Libc.IN_ISDIR) != 0 && _onlyName is null;
        if ((change.Mask & (Libc.IN_CREATE | Libc.IN_MOVED_TO)) != 0)
        {
            batch.Add(path, FileChangeKind.Created);
            if (isDirectory && !_tree.Add(path, found => batch.Add(found, FileChangeKind.Created)).Succeeded)
            {
                batch.Overflow = true;
            }
        }
        else if ((change.Mask & (Libc.IN_DELETE | Libc.IN_MOVED_FROM)) != 0)
        {
            batch.Add(path, FileChangeKind.Removed);
            if (isDirectory)
            {
                _tree.Drop(path);
            }
        }
        else
        {
            batch.Add(path, FileChangeKind.Modified);
        }
    }

    /// <summary>About a watched directory itself. That of one below the root is told by the directory above it.</summary>
    private void TakeUnnamed(uint mask, bool isRoot, ChangeBatch batch)
    {
        if (!isRoot)
        {
            return;
        }

        if ((mask & Gone) != 0)
        {
            _ended = true;
            batch.Add(_path, FileChangeKind.Removed);
        }
        else if (_onlyName is null)
        {
            batch.Add(_path, FileChangeKind.Modified);
        }
    }
}
