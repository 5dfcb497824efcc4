namespace ExecActors.Platform;

/// <summary>inotify(7), on the reactor of the processes. Safe to use from several threads. Many watches share an inotify descriptor.</summary>
public sealed class LinuxFileWatcher : IFileWatcher
{
    /// <summary>inotify descriptors of one watcher unless another number is given: an eighth of what a user may have.</summary>
    public const int UsualDescriptors = 16;

    private readonly Reactor _reactor;
    private readonly INotifyHubs _hubs;

    /// <summary>Shares the host's thread; once the host has ended nothing is told any more.</summary>
    /// <param name="host">Whose thread it is.</param>
    /// <param name="descriptors">How many inotify descriptors there may be; at least 1.</param>
    public LinuxFileWatcher(LinuxProcessHost host, int descriptors = UsualDescriptors)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(descriptors, 1);
        _reactor = host.Reactor;
        _hubs = new INotifyHubs(_reactor, descriptors);
    }

    /// <inheritdoc/>
    public IDisposable? WatchMissing(IReadOnlyList<byte[]> missing, byte[]? present, IWatchPlaces places, Action changed)
    {
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(places);
        ArgumentNullException.ThrowIfNull(changed);
        return MissingPathWatch.Start(_reactor, _hubs, missing, present, places, changed);
    }

    /// <inheritdoc/>
    public FileOutcome WatchTree(byte[] path, bool recursive, int maxDirectories, IWatchPlaces places, Action ready, out ITreeWatch? watch)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(places);
        ArgumentNullException.ThrowIfNull(ready);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDirectories, 1);
        var outcome = TreeWatch.Start(_hubs, path, recursive, maxDirectories, places, ready, out var started);
        watch = started;
        return outcome;
    }
}
