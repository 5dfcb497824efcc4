using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The inotify descriptors of a server: a new one for each watch until there are <c>most</c>, then the one with the fewest watches. Each is closed with its last.</summary>
/// <remarks>Safe from any thread. More than one, since the kernel's queue of each is bounded: what floods it costs only those who share it.</remarks>
/// <param name="reactor">Reads them.</param>
/// <param name="most">How many there may be.</param>
internal sealed class INotifyHubs(Reactor reactor, int most)
{
    private readonly Lock _gate = new(); // for the list
    private readonly List<Shared> _hubs = [];

    /// <summary>A place on a descriptor.</summary>
    /// <param name="hub">Null on failure; whoever gets it gives it back by <see cref="Leave"/>.</param>
    /// <returns>EMFILE when there is none yet and the user may have no more.</returns>
    public FileOutcome Join(out INotifyHub? hub)
    {
        lock (_gate)
        {
            var outcome = _hubs.Count < most ? TryAdd() : default;
            var fewest = _hubs.MinBy(shared => shared.Watches);
            if (fewest is null)
            {
                hub = null;
                return outcome;
            }

            fewest.Watches++;
            hub = fewest.Hub;
            return default;
        }
    }

    /// <summary>A place is not needed any more. What was watched from it has to have been removed.</summary>
    public void Leave(INotifyHub hub)
    {
        lock (_gate)
        {
            var shared = _hubs.Find(candidate => candidate.Hub == hub)!;
            if (--shared.Watches == 0)
            {
                _hubs.Remove(shared);
                hub.Close();
            }
        }
    }

    private FileOutcome TryAdd()
    {
        var inotify = Libc.INotifyInit();
        if (inotify.IsInvalid)
        {
            return FileOutcome.LastError;
        }

#pragma warning disable CA2000 // the descriptor passes to the hub
        var hub = new INotifyHub(reactor, inotify);
#pragma warning restore CA2000
        var errno = reactor.Add(hub, Libc.EPOLLIN | Libc.EPOLLET);
        if (errno != 0)
        {
            hub.Close();
            return FileOutcome.Failed(errno);
        }

        _hubs.Add(new Shared(hub));
        return default;
    }

    private sealed class Shared(INotifyHub hub)
    {
        public INotifyHub Hub => hub;

        public int Watches { get; set; }
    }
}
