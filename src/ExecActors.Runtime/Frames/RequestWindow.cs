using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Frames;

/// <summary>How much of a connection's input may be under way: requests not yet answered or parked, and the bytes they hold.</summary>
/// <remarks>
/// The graph enters each message before it tells an actor; the actor that answers or parks it settles it, from any thread. Waiting requests
/// (long polls, parked writes) have settled their place; the bytes a parked write holds stay counted until they are taken. While there is no
/// room the graph goes on with the reserve (<see cref="RequestReserve"/>), and stops pulling when that is used up: then the peer's TCP window closes.
/// A request that has settled its place may still have a large answer. Whoever is to make one asks <see cref="MustWait"/> before, so that a client
/// which takes no answers does not have the server make them all.
/// </remarks>
/// <param name="limits">The bounds.</param>
/// <param name="outbox">Knows which answers are not taken.</param>
/// <param name="answers">What large answers of the connection take; null for no bound beside the window's own.</param>
internal sealed class RequestWindow(LimitSettings limits, Outbox outbox, ByteBudget? answers = null)
{
    // What may be under way at most: bytes below the bound, a message on top of them, and small requests until there is no place to wait for them.
    private readonly long _mostBytes = (2L * limits.ParkedBytes) + limits.MessageBytes;
    private readonly int[] _awaits = new int[4]; // by what is needed: 1 while somebody waits for it
    private int _requests;
    private long _bytes;
    private volatile Action? _wake;
    private volatile Action? _answersTaken;
    private volatile Action? _idle;

    /// <summary>Whether answers of any size may be added to those that the transport has not taken.</summary>
    public bool TakesAnswers => outbox.QueuedBytes < limits.ParkedBytes;

    /// <summary>What large answers are counted against while they are made and until they are taken (<see cref="CountedFrameBuffer"/>).</summary>
    public ByteBudget Answers { get; } = answers ?? new ByteBudget(long.MaxValue);

    /// <summary>Bytes of a file beyond the size that it tells, which are read nevertheless.</summary>
    public int UntoldFileBytes => limits.UntoldFileBytes;

    /// <summary>Whether the connection ends, so that no answer is wanted any more.</summary>
    public bool IsClosing => outbox.Closing is not null;

    /// <summary>Whether every request is answered or parked.</summary>
    public bool IsIdle => Volatile.Read(ref _requests) <= 0;

    /// <summary>Counts one message of that many bytes in.</summary>
    public void Enter(int bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Counts bytes that are held already when the connection begins.</summary>
    public void Hold(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Counts places and bytes out, and wakes the graph when it waits for room.</summary>
    public void Settle(int requests, long bytes)
    {
        var left = Interlocked.Add(ref _requests, -requests);
        Interlocked.Add(ref _bytes, -bytes);
        WakeIfBlocked();
        if (left <= 0)
        {
            _idle?.Invoke();
        }
    }

    /// <summary>Whether any other message may come in. When not, <see cref="OnRoom"/>'s action is called once it may.</summary>
    public bool HasRoom() => Has(Need.Room);

    /// <summary>Whether a message may come in that is answered at once, or is small. When not, <see cref="OnRoom"/>'s action is called once it may.</summary>
    /// <param name="answersTaken">Whether the answers that wait have to be few, too.</param>
    public bool HasReserve(bool answersTaken) => Has(answersTaken ? Need.ReserveAndAnswersTaken : Need.Reserve);

    /// <summary>Whether a large answer is to be put off, since the client does not take those there are. <see cref="OnAnswersTaken"/>'s action is called then.</summary>
    public bool MustWait() => !Has(Need.AnswersTaken);

    /// <summary>Counts an answer that was made, on its way to the outbox, among those that the client has not taken.</summary>
    public void Expect(int bytes) => outbox.Expect(bytes);

    /// <summary>
    /// Counts a very large answer before it is made, so that only one goes beyond the bound. When it has to wait, <see cref="OnAnswersTaken"/>'s action is
    /// called once it may be tried again.
    /// </summary>
    public bool TryExpect(int bytes)
    {
        do
        {
            if (outbox.Expect(bytes) - bytes < limits.ParkedBytes)
            {
                return true;
            }

            outbox.Expect(-bytes);
            WakeIfBlocked(); // somebody may have seen too many meanwhile
        }
        while (!MustWait());

        return false;
    }

    /// <summary>An answer that was expected is there: it has been offered to the outbox, or dropped.</summary>
    public void Arrive(int bytes)
    {
        outbox.Expect(-bytes);
        WakeIfBlocked();
    }

    /// <summary>Called by the graph after the outbox drained, too, since queued answers count.</summary>
    public void WakeIfBlocked()
    {
        for (var need = Need.Room; need <= Need.AnswersTaken; need++)
        {
            ref var awaits = ref _awaits[(int)need];
            if (Volatile.Read(ref awaits) == 1 && Fits(need) && Interlocked.Exchange(ref awaits, 0) == 1)
            {
                (need == Need.AnswersTaken ? _answersTaken : _wake)?.Invoke();
            }
        }
    }

    /// <summary>Names what to call when there may be room again. Only the graph calls this, once.</summary>
    public void OnRoom(Action wake) => _wake = wake;

    /// <summary>Names what to call, on any thread, when answers that were put off may be made. Only the session calls this, once, before it asks for any.</summary>
    public void OnAnswersTaken(Action wake) => _answersTaken = wake;

    /// <summary>Names what to call, on any thread, whenever every request is answered or parked. Only the connection's actor calls this, once, at the end of its input.</summary>
    public void OnIdle(Action idle) => _idle = idle;

    private bool Has(Need need)
    {
        if (Fits(need))
        {
            return true;
        }

        ref var awaits = ref _awaits[(int)need];
        Interlocked.Exchange(ref awaits, 1);
        if (!Fits(need))
        {
            return false;
        }

        // Others may wait for answers to be taken, too, and theirs was this flag: they are woken for it.
        if (Interlocked.Exchange(ref awaits, 0) == 1 && need == Need.AnswersTaken)
        {
            _answersTaken?.Invoke();
        }

        return true;
    }

    private bool Fits(Need need) => need == Need.AnswersTaken
        ? TakesAnswers
        : Volatile.Read(ref _requests) < limits.InFlightRequests
            && Volatile.Read(ref _bytes) < (need == Need.Room ? limits.ParkedBytes : _mostBytes)
            && (need == Need.Reserve || TakesAnswers);

    private enum Need
    {
        Room,
        Reserve,
        ReserveAndAnswersTaken,
        AnswersTaken,
    }
}
