namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// Holds a watch that an actor owns and a worker uses now and then: whoever comes last after <see cref="Close"/>, the actor or the worker, disposes it.
/// </summary>
/// <remarks>Made while a worker sets the watch up, so it begins in use.</remarks>
internal sealed class WatchCell<T>
    where T : class, IDisposable
{
    private const int Idle = 0;
    private const int InUse = 1;
    private const int Closed = 2;

    private int _state = InUse;

    /// <summary>The watch; null until it is set up, and when it could not be.</summary>
    public T? Watch { get; private set; }

    /// <summary>Whether the actor gave it up.</summary>
    public bool IsClosed => Volatile.Read(ref _state) == Closed;

    /// <summary>The worker that sets it up is done.</summary>
    public void SetUp(T? watch)
    {
        Watch = watch;
        EndUse();
    }

    /// <summary>The actor hands it to a worker; false when it was closed.</summary>
    public bool BeginUse() => Interlocked.CompareExchange(ref _state, InUse, Idle) == Idle;

    /// <summary>The worker is done with it.</summary>
    public void EndUse()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, InUse) != InUse)
        {
            Watch?.Dispose();
        }
    }

    /// <summary>The actor does not want it any more.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _state, Closed) == Idle)
        {
            Watch?.Dispose();
        }
    }
}
