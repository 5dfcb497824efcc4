using Akka.Actor;

using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Sessions;

/// <summary>Keeps the output of a session's processes within the session's memory and disk space: the fullest log gives up some of its oldest.</summary>
/// <remarks>
/// Plain state of a SessionActor. Processes tell what they hold in steps, so the sums may be exceeded by a step for each. What a log owes to an
/// absent client it keeps for its time, and its process waits (see ProcessActor.Owed).
/// </remarks>
/// <param name="session">The bounds of the session.</param>
/// <param name="process">Those of each process, which no limit exceeds.</param>
internal sealed class OutputShares(OutputSettings session, ProcessSettings process)
{
    private const int LeastRingBytes = 64 * 1024;

    private readonly Dictionary<IActorRef, Share> _shares = [];

    /// <summary>A process told what it holds.</summary>
    public void OnHeld(IActorRef source, ProcessProtocol.Held held)
    {
        if (!_shares.TryGetValue(source, out var share))
        {
            _shares[source] = share = new Share(source) { RingLimit = process.RingBytes, SpillLimit = process.SpillBytes };
        }

        share.Memory = held.MemoryBytes;
        share.File = held.FileBytes;
        var changed = new HashSet<Share>();
        Shorten(one => Math.Min(one.Memory, one.RingLimit), session.RingBytesPerSession, ShortenRing, changed);
        Shorten(one => Math.Min(one.File, one.SpillLimit), session.SpillBytesPerSession, ShortenFile, changed);
        Tell(changed);
    }

    /// <summary>A process is gone. When half of the session's room is free again, the others may keep as much as before.</summary>
    public void Remove(IActorRef source)
    {
        if (!_shares.Remove(source))
        {
            return;
        }

        var changed = new HashSet<Share>();
        var memoryIsFree = _shares.Values.Sum(share => share.Memory) <= session.RingBytesPerSession / 2;
        var diskIsFree = _shares.Values.Sum(share => share.File) <= session.SpillBytesPerSession / 2;
        foreach (var share in _shares.Values)
        {
            if (memoryIsFree && share.RingLimit < process.RingBytes)
            {
                share.RingLimit = process.RingBytes;
                changed.Add(share);
            }

            if (diskIsFree && share.SpillLimit < process.SpillBytes)
            {
                share.SpillLimit = process.SpillBytes;
                changed.Add(share);
            }
        }

        Tell(changed);
    }

    // An eighth at a time off the fullest, until what they may keep fits or none can give any more.
    private void Shorten(Func<Share, long> size, long bound, Func<Share, bool> shorten, HashSet<Share> changed)
    {
        while (_shares.Values.Sum(size) > bound && _shares.Values.MaxBy(size) is { } fullest && shorten(fullest))
        {
            changed.Add(fullest);
        }
    }

    private static bool ShortenRing(Share share)
    {
        var shorter = (int)Math.Max(LeastRingBytes, Math.Min(share.Memory, share.RingLimit) / 8 * 7);
        var isShorter = shorter < share.RingLimit;
        share.RingLimit = Math.Min(shorter, share.RingLimit);
        return isShorter;
    }

    private static bool ShortenFile(Share share)
    {
        var shorter = Math.Max(share.RingLimit, Math.Min(share.File, share.SpillLimit) / 8 * 7);
        var isShorter = shorter < share.SpillLimit;
        share.SpillLimit = Math.Min(shorter, share.SpillLimit);
        return isShorter;
    }

    private static void Tell(HashSet<Share> changed)
    {
        foreach (var share in changed)
        {
            share.Process.Tell(new ProcessProtocol.Limit(share.RingLimit, share.SpillLimit));
        }
    }

    private sealed class Share(IActorRef process)
    {
        public IActorRef Process => process;

        public long Memory { get; set; }

        public long File { get; set; }

        public int RingLimit { get; set; }

        public long SpillLimit { get; set; }
    }
}
