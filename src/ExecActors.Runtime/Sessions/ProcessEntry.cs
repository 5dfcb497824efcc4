using Akka.Actor;

using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <summary>A process id of a session: the actor behind it, or what is left of one that failed.</summary>
internal sealed class ProcessEntry(string processId, IActorRef actor)
{
    private ulong _lastTold;

    /// <summary>The client's id.</summary>
    public string ProcessId => processId;

    /// <summary>The ProcessActor; stopped once there is a <see cref="Tombstone"/>.</summary>
    public IActorRef Actor => actor;

    /// <summary>Whether the start is not answered yet.</summary>
    public bool Starting { get; set; } = true;

    /// <summary>Set once it has ended: output it keeps. Closed processes do not count against the limit of processes.</summary>
    public long? ClosedWithBytes { get; set; }

    /// <summary>Whether it was asked to be forgotten before its time, and has yet to tell its client the last.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Records that came through the session since the attachment began.</summary>
    public int Told { get; private set; }

    /// <summary>The number of the last record that was told to the attached connection; 0 for none.</summary>
    public ulong LastTold => Math.Max(_lastTold, Lane?.LastTold ?? 0);

    /// <summary>Its own way to the attached connection; null while it has none.</summary>
    public OutputLane? Lane { get; set; }

    /// <summary>Requests behind a second start of an id whose first start is not decided: they run, in order, when it is.</summary>
    public Queue<DeferredRequest> Deferred { get; } = new();

    /// <summary>Set when the actor failed.</summary>
    public Tombstone? Tombstone { get; set; }

    /// <summary>A record came through the session.</summary>
    public void OnTold(ulong sequence)
    {
        Told++;
        _lastTold = sequence;
    }

    /// <summary>The attachment ended.</summary>
    public void OnDetach()
    {
        Told = 0;
        _lastTold = 0;
        Lane = null;
    }
}

/// <summary>A request that has its ticket and runs later.</summary>
internal readonly record struct DeferredRequest(long Epoch, long Ticket, InboundMessage Message);

/// <summary>What reads of a failed process say.</summary>
internal sealed record Tombstone(ulong NextSequence, int ExitCode, string Failure);
