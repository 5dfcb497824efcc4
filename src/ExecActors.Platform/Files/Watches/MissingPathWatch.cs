#pragma warning disable CA2000 // descriptors pass to the sources, which Dispose closes; a failing start disposes them
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The watch of <see cref="IFileWatcher.WatchMissing"/>. Owns an inotify descriptor and, where there is /proc, one of the mount table.</summary>
/// <remarks>
/// Ancestors are watched from the root downwards, each before the next is looked at: whatever changes meanwhile is in the queue when the reactor
/// begins to read it. A link on the way is no ancestor: where it leads could change unseen.
/// </remarks>
internal sealed class MissingPathWatch : IDisposable
{
    private const int MostWatches = 4096;

    private const uint Names = Libc.IN_CREATE | Libc.IN_DELETE | Libc.IN_MOVED_FROM | Libc.IN_MOVED_TO;
    private const uint Directory = Names | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_ONLYDIR | Libc.IN_DONT_FOLLOW | Libc.IN_MASK_ADD;
    private const uint PresentFile = Libc.IN_MODIFY | Libc.IN_ATTRIB | Libc.IN_DONT_FOLLOW | Libc.IN_MASK_ADD;

    private readonly Dictionary<int, List<byte[]>> _names = [];
    private readonly Action _changed;
    private readonly Source _source;
    private readonly Source? _mounts;
    private int _fired;

    private MissingPathWatch(Reactor reactor, SafeFileHandle inotify, Action changed)
    {
        _changed = changed;
        _source = new Source(reactor, inotify, this);
        var mounts = Libc.OpenAt(Libc.NoDirectory, "/proc/self/mountinfo\0"u8, Libc.O_RDONLY);
        _mounts = mounts.IsInvalid ? null : new Source(reactor, mounts, this) { IsMountTable = true };
    }

    /// <summary>Sets up and begins. Null when it cannot be.</summary>
    public static MissingPathWatch? Start(Reactor reactor, IReadOnlyList<byte[]> missing, byte[]? present, Action changed)
    {
        var inotify = Libc.INotifyInit();
        if (inotify.IsInvalid)
        {
            return null;
        }

        var watch = new MissingPathWatch(reactor, inotify, changed);
        if (missing.All(watch.AddMissing) && (present is null || watch.AddPresent(present)) && watch.Begin())
        {
            return watch;
        }

        watch.Dispose();
        return null;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _fired, 1);
        _source.Close();
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
            _ = Libc.INotifyAddWatch(_source.Handle, name, PresentFile);
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
            var watch = Libc.INotifyAddWatch(_source.Handle, CString.Of(path.AsSpan(0, ends[index])), Directory);
            if (watch < 0)
            {
                return Libc.LastErrno == Errno.ENOENT && index > 0; // the directory above tells when it appears
            }

            if (!_names.TryGetValue(watch, out var names))
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

    private bool Begin()
    {
        // Without the mount table the watch is still worth having.
        _ = _mounts is null ? 0 : _mounts.Register(Libc.EPOLLPRI | Libc.EPOLLET);
        return _source.Register(Libc.EPOLLIN | Libc.EPOLLET) == 0;
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

    private sealed class Source(Reactor reactor, SafeFileHandle handle, MissingPathWatch watch) : ReactorSource(reactor, handle)
    {
        private const int ReadsPerTurn = 4;

        public bool IsMountTable { get; init; }

        public int Register(uint events) => Reactor.Add(this, events);

        public override void OnReady(uint events)
        {
            if (IsMountTable)
            {
                watch.Fire();
                return;
            }

            var buffer = Reactor.Buffer.Free;
            for (var turn = 0; turn < ReadsPerTurn; turn++)
            {
                var count = Libc.Read(Handle, buffer);
                if (count <= 0)
                {
                    return;
                }

                if (watch.Concerns(buffer[..count]))
                {
                    watch.Fire();
                    return;
                }
            }

            Reactor.Again(this);
        }

        public override void OnFailed(Exception failure) => watch.Fire();
    }
}
