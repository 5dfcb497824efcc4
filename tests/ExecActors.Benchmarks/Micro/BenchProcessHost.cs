using ExecActors.Platform;

namespace ExecActors.Benchmarks.Micro;

/// <summary>Processes that only exist for their actor; the benchmark puts out in their name.</summary>
internal sealed class BenchProcessHost : IProcessHost
{
    private readonly TaskCompletionSource<IChildObserver> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who hears of the one process; completes once its actor watches it.</summary>
    public Task<IChildObserver> ObserverAsync() => _begun.Task;

    public IChildProcess Start(ProcessSpec spec) => new Child(_begun);

    public IProcessFamily NewFamily() => new Family();

    private sealed class Family : IProcessFamily
    {
        public void EndAll()
        {
            // Nothing descends from a process that is none.
        }
    }

    private sealed class Child(TaskCompletionSource<IChildObserver> begun) : IChildProcess
    {
        public int Pid => 1;

        public void Begin(IChildObserver observer) => begun.SetResult(observer);

        public void GrantRead(OutputStreamKind stream, int bytes)
        {
            // What is put out does not wait for credit here.
        }

        public int TryWrite(ReadOnlySpan<byte> bytes) => bytes.Length;

        public void CloseStdin()
        {
            // There is none.
        }

        public bool SignalGroup(int signal) => true;

        public void EndAll()
        {
            // Nothing descends from a process that is none.
        }

        public void AbandonOutput()
        {
            // Nothing is left in a pipe.
        }

        public void Release()
        {
            // Nothing to give back.
        }
    }
}

/// <summary>Refuses to watch.</summary>
internal sealed class NoWatcher : IFileWatcher
{
    private const int Enosys = 38;

    public IDisposable? WatchMissing(IReadOnlyList<byte[]> missing, byte[]? present, IWatchPlaces places, Action changed) => null;

    public FileOutcome WatchTree(byte[] path, bool recursive, int maxDirectories, IWatchPlaces places, Action ready, out ITreeWatch? watch)
    {
        watch = null;
        return new FileOutcome(Enosys, FileRefusal.None);
    }
}
