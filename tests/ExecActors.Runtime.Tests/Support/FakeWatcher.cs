using System.Collections.Concurrent;
using System.Text;

using ExecActors.Platform;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Watches without a file system: the test says what happens.</summary>
internal sealed class FakeWatcher : IFileWatcher
{
    /// <summary>Watches on missing paths, in the order of their set-up.</summary>
    public ConcurrentQueue<FakeMissingWatch> Missing { get; } = new();

    /// <summary>Watches on trees, in the order of their set-up.</summary>
    public ConcurrentQueue<FakeTreeWatch> Trees { get; } = new();

    /// <summary>Whether a watch on missing paths fires while it is set up.</summary>
    public bool FiresAtOnce { get; set; }

    /// <inheritdoc/>
    public IDisposable? WatchMissing(IReadOnlyList<byte[]> missing, byte[]? present, IWatchPlaces places, Action changed)
    {
        if (missing.Any(path => Encoding.UTF8.GetString(path).Contains("there", StringComparison.Ordinal)))
        {
            return null;
        }

        var watch = new FakeMissingWatch(changed);
        Missing.Enqueue(watch);
        if (FiresAtOnce)
        {
            changed();
        }

        return watch;
    }

    /// <summary>How watches on trees fail: ENOENT, unless the test says otherwise.</summary>
    public FileOutcome FailsWith { get; set; } = new(2, FileRefusal.None);

    /// <summary>The next watch on a tree waits at it, and fails.</summary>
    public Gate? FailsBehind { get; set; }

    /// <inheritdoc/>
    public FileOutcome WatchTree(byte[] path, bool recursive, int maxDirectories, IWatchPlaces places, Action ready, out ITreeWatch? watch)
    {
        if (FailsBehind is { } gate)
        {
            FailsBehind = null;
            gate.Pass();
            watch = null;
            return FailsWith;
        }

        var tree = new FakeTreeWatch(ready);
        Trees.Enqueue(tree);
        watch = tree;
        return FileOutcome.Success;
    }
}

/// <summary>A watch that fires when the test says so.</summary>
internal sealed class FakeMissingWatch(Action changed) : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Fire() => changed();

    public void Dispose() => IsDisposed = true;
}

/// <summary>A tree whose changes the test makes.</summary>
internal sealed class FakeTreeWatch(Action ready) : ITreeWatch
{
    private readonly ConcurrentQueue<TreeChanges> _batches = new();
    private int _armed;

    public bool IsDisposed { get; private set; }

    /// <summary>Makes a batch of changes; told of at once when armed.</summary>
    public void Change(TreeChanges changes)
    {
        _batches.Enqueue(changes);
        TellIfArmed();
    }

    public void Arm()
    {
        Volatile.Write(ref _armed, 1);
        if (!_batches.IsEmpty)
        {
            TellIfArmed();
        }
    }

    public TreeChanges Read() => _batches.TryDequeue(out var changes) ? changes : new TreeChanges([], Overflow: false, Ended: false);

    public void Dispose() => IsDisposed = true;

    private void TellIfArmed()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 1)
        {
            ready();
        }
    }
}
