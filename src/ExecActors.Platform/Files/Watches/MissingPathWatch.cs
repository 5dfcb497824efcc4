#pragma warning disable CA2000 // the descriptor passes to the source, which Dispose closes; a failing start disposes it
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The watch of <see cref="IFileWatcher.WatchMissing"/>. Has a place on a shared inotify descriptor and, where there is /proc, a descriptor of the mount table.</summary>
/// <remarks>
/// Ancestors are watched from the root downwards, each before the next is looked at: whatever changes meanwhile is what the reactor
/// tells of it, or is seen by the next look. A link on the way is no ancestor: where it leads could change unseen.
/// </remarks>
internal sealed class MissingPathWatch : IINotifyListener, IDisposable
{
    private const int MostWatches = 4096;

    private const uint Names = Libc.IN_CREATE | Libc.IN_DELETE | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO;
    private const uint Directory = Names | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_ONLYDIR | Libc.IN_DONT_FOLLOW;
    private const uint PresentFile = Libc.IN_MODIFY | Libc.IN_ATTRIB | Libc.IN_DONT_FOLLOW;

    private readonly Dictionary<int, List<byte[]>> _names = []; // not changed any more once it has begun
    private readonly EventQueue _queue = new(); // what happens before that waits here
    private readonly INotifyHubs _hubs;
    private readonly INotifyHub _hub;
    private readonly IWatchPlaces _places;
    private readonly Action _changed;
    private readonly Mounts? _mounts;
    private bool _begun;
    private int _fired;
    private int _disposed;

    private MissingPathWatch(Reactor reactor, INotifyHubs hubs, INotifyHub hub, IWatchPlaces places, Action changed)
    {
        _places = places;
        _hubs = hubs;
        _hub = hub;
        _changed = changed;
        var mounts = Libc.OpenAt(Libc.NoDirectory, "/proc/self/mountinfo\0"u8, Libc.O_RDONLY);
        _mounts = mounts.IsInvalid ? null : new Mounts(reactor, mounts, this);
    }

    /// <summary>Sets up and begins. Null when it cannot be.</summary>
    public static MissingPathWatch? Start(Reactor reactor, INotifyHubs hubs, IReadOnlyList<byte[]> missing, byte[]? present, IWatchPlaces places, Action changed)
    {
        if (!hubs.Join(out var hub).Succeeded)
        {
            return null;
        }

        var watch = new MissingPathWatch(reactor, hubs, hub!, places, changed);
        if (missing.All(watch.AddMissing) && (present is null || watch.AddPresent(present)))
        {
            watch.Begin(reactor);
            return watch;
        }

        watch.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void OnEvent(INotifyEvents happened)
    {
        if (Volatile.Read(ref _fired) == 0)
        {
            _queue.Add(happened);
        }

        if (Volatile.Read(ref _begun))
        {
            LookAtEvents();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Interlocked.Exchange(ref _fired, 1);
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        foreach (var watch in _names.Keys)
        {
            _hub.Remove(this, watch);
        }

        _places.GiveBack(_names.Count);
        _hubs.Leave(_hub);
        _mounts?.Close();
    }

    private bool AddMissing(byte[] path) => AddAncestors(path, out var isThere) && !isThere;

    private bool AddPresent(byte[] path)
    {
        if (!AddAncestors(path, out var isThere) || !isThere)
        {
            return false;
        }

        // A file that may not be read cannot be watched itself; its directory tells when it goes.
        var name = CString.Of(path);
        if (Libc.StatusAt(Libc.NoDirectory, name, Libc.AT_SYMLINK_NOFOLLOW, out var status) == 0 && !status.IsDirectory)
        {
            if (!_places.TryTake())
            {
                return false;
            }

            var watch = _hub.Add(this, name, PresentFile);
            if (watch < 0 || !_names.TryAdd(watch, []))
            {
                _places.GiveBack(1);
            }
        }

        return true;
    }

    /// <summary>Watches each directory above a path for the name that leads on.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="isThere">Whether the path exists.</param>
    /// <returns>False when the path, or what is missing of it, could not be watched.</returns>
    private bool AddAncestors(byte[] path, out bool isThere)
    {
        isThere = NativePath.IsRoot(path);
        var ends = NativePath.Prefixes(path).ToArray();
        for (var index = 0; index + 1 < ends.Length; index++)
        {
            if (!_places.TryTake())
            {
                return false;
            }

            var watch = _hub.Add(this, CString.Of(path.AsSpan(0, ends[index])), Directory);
            if (watch < 0)
            {
                var isMissing = Libc.LastErrno == Errno.ENOENT;
                _places.GiveBack(1);
                return isMissing && index > 0; // the directory above tells when it appears
            }

            if (_names.TryGetValue(watch, out var names))
            {
                _places.GiveBack(1); // known from another path
            }
            else
            {
                _names.Add(watch, names = []);
            }

            var begin = index == 0 ? 1 : ends[index] + 1;
            names.Add(path[begin..ends[index + 1]]);
            if (_names.Count > MostWatches)
            {
                return false;
            }
        }

        isThere = isThere || Libc.StatusAt(Libc.NoDirectory, CString.Of(path), Libc.AT_SYMLINK_NOFOLLOW, out _) == 0;
        return isThere || Libc.LastErrno == Errno.ENOENT;
    }

    private void Begin(Reactor reactor)
    {
        _mounts?.Register(); // without the mount table the watch is still worth having
        Volatile.Write(ref _begun, true);
        reactor.Post(LookAtEvents);
    }

    // On the reactor's thread.
    private void LookAtEvents()
    {
        while (Volatile.Read(ref _fired) == 0 && _queue.TryTake(out var records, out var lost))
        {
            if (lost || Concerns(records))
            {
                Fire();
            }
        }
    }

    private void Fire()
    {
        if (Interlocked.Exchange(ref _fired, 1) == 0)
        {
            Dispose();
            _changed();
        }
    }

    private bool Concerns(ReadOnlySpan<byte> bytes)
    {
        var events = new INotifyEvents(bytes);
        while (events.MoveNext())
        {
            // Without a name: the directory or file itself went or changed, or the queue ran over.
            if (events.Name.IsEmpty || ((events.Mask & Names) != 0 && Leads(events.Watch, events.Name)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Leads(int watch, ReadOnlySpan<byte> name)
    {
        if (_names.TryGetValue(watch, out var names))
        {
            foreach (var candidate in names)
            {
                if (name.SequenceEqual(candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The mount table, whose descriptor is ready when something was mounted or unmounted.</summary>
    private sealed class Mounts(Reactor reactor, SafeFileHandle table, MissingPathWatch watch) : ReactorSource(reactor, table)
    {
        public void Register() => _ = Reactor.Add(this, Libc.EPOLLPRI | Libc.EPOLLET);

        public override void OnReady(uint events) => watch.Fire();

        public override void OnFailed(Exception failure) => watch.Fire();
    }
}
