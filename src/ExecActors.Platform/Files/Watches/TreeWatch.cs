#pragma warning disable CA2000 // the descriptor passes to the watch; a failing start disposes it
using System.Buffers;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The watch of <see cref="IFileWatcher.WatchTree"/>. The reactor only tells that there is something; the reader's thread does the work.</summary>
internal sealed class TreeWatch : ReactorSource, ITreeWatch
{
    /// <summary>Paths after which no more is read; the rest is the next batch's.</summary>
    private const int EnoughChanges = 4096;

    private const int BufferBytes = 64 * 1024;
    private const uint Gone = Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF | Libc.IN_UNMOUNT;

    private readonly Action _ready;
    private readonly byte[] _path;
    private readonly byte[]? _onlyName;
    private readonly WatchedTree _tree;
    private bool _ended;

    private TreeWatch(Reactor reactor, SafeFileHandle inotify, WatchedTree tree, byte[] path, byte[]? onlyName, Action ready)
        : base(reactor, inotify)
    {
        _tree = tree;
        _path = path;
        _onlyName = onlyName;
        _ready = ready;
    }

    /// <summary>Sets up; the watch is not armed yet.</summary>
    public static FileOutcome Start(Reactor reactor, byte[] path, bool recursive, int maxDirectories, Action ready, out TreeWatch? watch)
    {
        watch = null;
        if (Libc.StatusAt(Libc.NoDirectory, CString.Of(path), 0, out var status) < 0 || Libc.RealPath(CString.Of(path)) is not { } real)
        {
            return FileOutcome.LastError;
        }

        var inotify = Libc.INotifyInit();
        if (inotify.IsInvalid)
        {
            return FileOutcome.LastError;
        }

        // A file is watched in its directory, for editors put another one in its place.
        var root = status.IsDirectory ? path : NativePath.Parent(real)[..^1];
        var onlyName = status.IsDirectory ? null : NativePath.Name(real)[..^1];
        var tree = new WatchedTree(inotify, root, recursive && status.IsDirectory, maxDirectories);
        var started = new TreeWatch(reactor, inotify, tree, path, onlyName, ready);
        var outcome = tree.AddAll();
        if (outcome.Succeeded)
        {
            outcome = FileOutcome.Failed(reactor.Add(started, 0));
        }

        if (outcome.Succeeded)
        {
            watch = started;
        }
        else
        {
            started.Close();
        }

        return outcome;
    }

    /// <inheritdoc/>
    public void Arm() => Reactor.Modify(this, Libc.EPOLLIN | Libc.EPOLLONESHOT);

    /// <inheritdoc/>
    public TreeChanges Read()
    {
        var batch = new ChangeBatch();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (!_ended && batch.Count < EnoughChanges && Libc.Read(Handle, buffer) is > 0 and var count)
            {
                Take(buffer.AsSpan(0, count), batch);
            }
        }
        catch (ObjectDisposedException)
        {
            _ended = true; // closed meanwhile: nobody is interested any more
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return batch.Finish(_ended);
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <inheritdoc/>
    public override void OnReady(uint events) => _ready();

    /// <inheritdoc/>
    public override void OnFailed(Exception failure) => Close(); // the callback threw: nobody listens

    private void Take(ReadOnlySpan<byte> bytes, ChangeBatch batch)
    {
        var events = new INotifyEvents(bytes);
        while (events.MoveNext())
        {
            if ((events.Mask & Libc.IN_Q_OVERFLOW) != 0)
            {
                // Directories may have come and gone unseen.
                batch.Overflow = true;
                _ended |= _tree.AddAll().IsNotFound;
            }
            else if ((events.Mask & Libc.IN_IGNORED) != 0)
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
