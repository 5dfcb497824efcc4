namespace ExecActors.Platform;

/// <summary>inotify(7), on the reactor of the processes. Safe to use from several threads. Each watch has an inotify descriptor of its own.</summary>
public sealed class LinuxFileWatcher : IFileWatcher
{
    private readonly Reactor _reactor;

    /// <summary>Shares the host's thread; once the host has ended nothing is told any more.</summary>
    public LinuxFileWatcher(LinuxProcessHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _reactor = host.Reactor;
    }

    /// <inheritdoc/>
    public IDisposable? WatchMissing(IReadOnlyList<byte[]> missing, byte[]? present, Action changed)
    {
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(changed);
        return MissingPathWatch.Start(_reactor, missing, present, changed);
    }

    /// <inheritdoc/>
    public FileOutcome WatchTree(byte[] path, bool recursive, int maxDirectories, Action ready, out ITreeWatch? watch)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(ready);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDirectories, 1);
        var outcome = TreeWatch.Start(_reactor, path, recursive, maxDirectories, ready, out var started);
        watch = started;
        return outcome;
    }
}
