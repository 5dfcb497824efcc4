namespace ExecActors.Runtime.Sessions;

/// <summary>Who has how many sessions, and which of them go when places are short.</summary>
/// <remarks>
/// Plain state of the registry. A session without a connection and without anything in it stands in nobody's way: where there is no room without it, it is
/// forgotten, those first whose client said goodbye, and the one that has waited longest.
/// </remarks>
/// <param name="limit">Sessions of the server.</param>
/// <param name="limitOfShare">Those of one principal's share.</param>
internal sealed class SessionPlaces(int limit, int limitOfShare)
{
    private readonly Dictionary<string, Share> _shares = new(StringComparer.Ordinal);
    private readonly IdleSessions _idle = new();
    private int _count;

    /// <summary>Looks for room for one more session of somebody.</summary>
    /// <param name="principal">Whose it will be.</param>
    /// <param name="forget">Called with a session that has to go for it, which this has counted out already.</param>
    /// <returns>The setting that stands against it; null when there is room.</returns>
    public string? FindRoom(Principal principal, Action<SessionEntry> forget)
    {
        var share = _shares.GetValueOrDefault(principal.Share);
        if (share is not null && share.Count >= limitOfShare && !TryForget(share.Idle, forget))
        {
            return "limits.sessions-per-principal";
        }

        return _count >= limit && !TryForget(_idle, forget) ? "limits.sessions" : null;
    }

    /// <summary>One more.</summary>
    public void Add(SessionEntry entry)
    {
        _count++;
        if (!_shares.TryGetValue(entry.Principal.Share, out var share))
        {
            _shares.Add(entry.Principal.Share, share = new Share());
        }

        share.Count++;
    }

    /// <summary>One less.</summary>
    public void Remove(SessionEntry entry)
    {
        OnBusy(entry);
        _count--;
        var share = _shares[entry.Principal.Share];
        if (--share.Count == 0)
        {
            _shares.Remove(entry.Principal.Share);
        }
    }

    /// <summary>It has no connection and nothing in it.</summary>
    public void OnIdle(SessionEntry entry)
    {
        entry.Idle ??= _idle.Add(entry);
        entry.IdleOfShare ??= _shares[entry.Principal.Share].Idle.Add(entry);
    }

    /// <summary>It has a connection again, or is gone.</summary>
    public void OnBusy(SessionEntry entry)
    {
        entry.Idle?.List!.Remove(entry.Idle);
        entry.IdleOfShare?.List!.Remove(entry.IdleOfShare);
        entry.Idle = entry.IdleOfShare = null;
    }

    private bool TryForget(IdleSessions idle, Action<SessionEntry> forget)
    {
        if (idle.First is not { } entry)
        {
            return false;
        }

        Remove(entry);
        forget(entry);
        return true;
    }

    private sealed class Share
    {
        public int Count { get; set; }

        public IdleSessions Idle { get; } = new();
    }

    // Oldest first.
    private sealed class IdleSessions
    {
        private readonly LinkedList<SessionEntry> _left = new();
        private readonly LinkedList<SessionEntry> _cut = new();

        public SessionEntry? First => (_left.First ?? _cut.First)?.Value;

        public LinkedListNode<SessionEntry> Add(SessionEntry entry) => (entry.HasLeft ? _left : _cut).AddLast(entry);
    }
}
