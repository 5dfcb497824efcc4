using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <summary>
/// Keeps the answers of one attachment in the order of arrival: each request takes a ticket, and an answer leaves when all before it have
/// left or were parked. A parked request (long poll, write that waits, start) gives up its turn and answers whenever it can.
/// </summary>
/// <remarks>Plain state of a SessionActor; no thread but the actor's touches it.</remarks>
internal sealed class AnswerQueue(Outbox outbox, RequestWindow window)
{
    private readonly IndexedQueue<Slot> _turns = new();
    private readonly Dictionary<long, Waiting> _waiting = [];
    private long _firstTicket = 1;

    /// <summary>Requests that wait.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>A request arrived; it gets the next ticket.</summary>
    /// <param name="id">The client's id.</param>
    /// <param name="weight">What it weighs in the window.</param>
    /// <param name="counted">Whether it takes one of the connection's concurrent places.</param>
    /// <param name="outlives">Whether its owner keeps what it holds when the connection ends.</param>
    public long Enter(RequestId id, int weight, bool counted, bool outlives = false)
    {
        _turns.Enqueue(new Slot { Id = id, Weight = weight, Counted = counted, Outlives = outlives });
        return _firstTicket + _turns.Count - 1;
    }

    /// <summary>The answer to a ticket; false when the ticket is unknown (answered before). Tells whether the request was counted.</summary>
    public bool Answer(long ticket, ByteLease frame, out bool counted)
    {
        counted = false;
        if (_waiting.Remove(ticket, out var waiting))
        {
            outbox.Offer(frame); // first, so that nobody sees room that this takes
            window.Settle(requests: 0, waiting.Weight);
            counted = waiting.Counted;
            return true;
        }

        if (ticket < _firstTicket || ticket >= _firstTicket + _turns.Count)
        {
            frame.Dispose();
            return false;
        }

        ref var slot = ref _turns[(int)(ticket - _firstTicket)];
        if (slot.Done)
        {
            frame.Dispose();
            return false;
        }

        counted = slot.Counted;
        slot.Frame = frame;
        slot.Done = true;
        Flush();
        return true;
    }

    /// <summary>The request waits. Its place in the window is free again; the bytes it holds stay counted.</summary>
    public void Park(long ticket)
    {
        if (ticket < _firstTicket || ticket >= _firstTicket + _turns.Count)
        {
            return;
        }

        ref var slot = ref _turns[(int)(ticket - _firstTicket)];
        if (slot.Done)
        {
            return;
        }

        _waiting[ticket] = new Waiting(slot.Id, slot.Weight, slot.Owner, slot.Counted, slot.Outlives);
        slot.Done = true;
        slot.Parked = true;
        Flush();
    }

    /// <summary>Names who answers a ticket that was entered before its owner was known.</summary>
    public void Assign(long ticket, IActorRef owner)
    {
        if (_waiting.TryGetValue(ticket, out var waiting))
        {
            _waiting[ticket] = waiting with { Owner = owner };
        }
        else if (ticket >= _firstTicket && ticket < _firstTicket + _turns.Count)
        {
            _turns[(int)(ticket - _firstTicket)].Owner = owner;
        }
    }

    /// <summary>Answers everything that is still owed, or what one owner owes who is gone. Returns how many of them were counted.</summary>
    public int FailAll(RpcError error, IActorRef? owner = null)
    {
        var countedOnes = 0;
        for (var i = 0; i < _turns.Count; i++)
        {
            ref var slot = ref _turns[i];
            if (!slot.Done && (owner is null || owner.Equals(slot.Owner)))
            {
                slot.Frame = AnswerFrames.Error(slot.Id, error);
                slot.Done = true;
                countedOnes += slot.Counted ? 1 : 0;
            }
        }

        Flush();
        var tickets = _waiting.Where(entry => owner is null || owner.Equals(entry.Value.Owner)).Select(entry => entry.Key).Order().ToList();
        foreach (var ticket in tickets)
        {
            Answer(ticket, AnswerFrames.Error(_waiting[ticket].Id, error), out var counted);
            countedOnes += counted ? 1 : 0;
        }

        return countedOnes;
    }

    /// <summary>The requests not answered whose owners keep what they hold when the connection ends: their tickets, weights and owners.</summary>
    public IEnumerable<(long Ticket, int Weight, IActorRef Owner)> Outliving()
    {
        for (var i = 0; i < _turns.Count; i++)
        {
            if (_turns[i] is { Done: false, Outlives: true, Owner: { } owner } slot)
            {
                yield return (_firstTicket + i, slot.Weight, owner);
            }
        }

        foreach (var (ticket, waiting) in _waiting)
        {
            if (waiting is { Outlives: true, Owner: { } owner })
            {
                yield return (ticket, waiting.Weight, owner);
            }
        }
    }

    private void Flush()
    {
        while (_turns.Count > 0 && _turns[0].Done)
        {
            var slot = _turns.Dequeue();
            _firstTicket++;
            if (slot.Parked)
            {
                window.Settle(requests: 1, bytes: 0);
                continue;
            }

            outbox.Offer(slot.Frame!);
            window.Settle(requests: 1, slot.Weight);
        }
    }

    private struct Slot
    {
        public RequestId Id;
        public int Weight;
        public IActorRef? Owner;
        public bool Counted;
        public bool Outlives;
        public bool Done;
        public bool Parked;
        public ByteLease? Frame;
    }

    private sealed record Waiting(RequestId Id, int Weight, IActorRef? Owner, bool Counted, bool Outlives);
}
