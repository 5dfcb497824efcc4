namespace ExecActors.Runtime;

/// <summary>Peers that have not shown yet what they are here for, oldest first: a bounded number in all and of each address. Beyond, the oldest goes.</summary>
/// <remarks>Plain state of whoever lets them in.</remarks>
/// <typeparam name="T">A peer.</typeparam>
/// <param name="limit">Strangers at once.</param>
/// <param name="limitOfShare">Those of one share.</param>
/// <param name="isIdle">Whether it waits for its peer. One that has not been looked at yet, or is being answered, is not sent away.</param>
internal sealed class Strangers<T>(int limit, int limitOfShare, Func<T, bool> isIdle)
    where T : class
{
    /// <summary>Of the oldest so many are looked at: those that are not idle are among the newest, nearly always.</summary>
    private const int Looks = 64;

    private readonly LinkedList<Stranger> _all = new();
    private readonly Dictionary<string, LinkedList<Stranger>> _shares = new(StringComparer.Ordinal);
    private readonly Dictionary<T, Stranger> _byPeer = [];

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;

    /// <summary>One more.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="share">Under which name it counts.</param>
    /// <returns>Who has to go for it, and counts no more; null when there is room, and when all are busy: then there is one too many for a moment.</returns>
    public T? Add(T peer, string share)
    {
        if (!_shares.TryGetValue(share, out var own))
        {
            _shares.Add(share, own = new LinkedList<Stranger>());
        }

        var victim = own.Count >= limitOfShare ? OldestIdle(own) : _all.Count >= limit ? OldestIdle(_all) : null;
        var stranger = new Stranger(peer, share);
        stranger.Place = _all.AddLast(stranger);
        stranger.PlaceOfShare = own.AddLast(stranger);
        _byPeer.Add(peer, stranger);
        if (victim is not null)
        {
            Remove(victim.Peer);
        }

        return victim?.Peer;
    }

    /// <summary>It is none any more, or gone. Does nothing when it was sent away before.</summary>
    public void Remove(T peer)
    {
        if (!_byPeer.Remove(peer, out var stranger))
        {
            return;
        }

        _all.Remove(stranger.Place);
        var own = stranger.PlaceOfShare.List!;
        own.Remove(stranger.PlaceOfShare);
        if (own.Count == 0)
        {
            _shares.Remove(stranger.Share);
        }
    }

    private Stranger? OldestIdle(LinkedList<Stranger> strangers)
    {
        var looks = 0;
        for (var place = strangers.First; place is not null && looks < Looks; place = place.Next, looks++)
        {
            if (isIdle(place.Value.Peer))
            {
                return place.Value;
            }
        }

        return null;
    }

    private sealed class Stranger(T peer, string share)
    {
        public T Peer => peer;

        public string Share => share;

        public LinkedListNode<Stranger> Place { get; set; } = null!;

        public LinkedListNode<Stranger> PlaceOfShare { get; set; } = null!;
    }
}
