using System.Collections.Concurrent;

using Akka.Actor;

using ExecActors.Platform;

namespace ExecActors.Runtime.Frames;

/// <summary>One outgoing frame.</summary>
/// <param name="Bytes">The JSON text; owned by whoever holds the frame.</param>
/// <param name="Credit">What the sender gets back once the transport took the frame; 0 for answers.</param>
internal readonly record struct OutboundFrame(ByteLease Bytes, int Credit);

/// <summary>Where returned credit goes: a session and the attachment it was taken for.</summary>
internal sealed record CreditTarget(IActorRef Session, long Epoch);

/// <summary>The connection's outgoing queue: any actor offers, the connection's stream graph takes.</summary>
/// <remarks>
/// The one place where threads meet on the way out. A producer wakes the graph only when it was the one to turn the idle flag off, so
/// a busy connection costs no wake-ups. Bounded by its feeders: output by the session's credit, answers by <see cref="RequestWindow"/>,
/// which looks at <see cref="QueuedBytes"/> before it lets another request in.
/// </remarks>
internal sealed class Outbox
{
    private readonly ConcurrentQueue<OutboundFrame> _frames = new();
    private long _queuedBytes;
    private int _idle;
    private volatile CloseSignal? _close;
    private volatile Action? _wake;
    private volatile Action? _completed;
    private volatile CreditTarget? _creditTarget;

    /// <summary>Bytes offered, or expected, and not yet taken by the transport.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Whether nothing waits to be taken.</summary>
    public bool IsEmpty => _frames.IsEmpty;

    /// <summary>Set once <see cref="Complete"/> was called: what to tell the peer after the queued frames.</summary>
    public CloseReason? Closing => _close?.Reason;

    /// <summary>Who gets credit back; null before the connection has a session.</summary>
    public CreditTarget? CreditTarget
    {
        get => _creditTarget;
        set => _creditTarget = value;
    }

    /// <summary>Queues a frame; ownership of its bytes passes. After <see cref="Complete"/> the frame is dropped.</summary>
    public void Offer(ByteLease bytes, int credit = 0)
    {
        if (_close is not null)
        {
            bytes.Dispose();
            return;
        }

        Interlocked.Add(ref _queuedBytes, bytes.Length);
        _frames.Enqueue(new OutboundFrame(bytes, credit));
        Wake();
    }

    /// <summary>No further frames: those queued are sent, then the connection closes with the reason. The first call counts.</summary>
    public void Complete(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _close, new CloseSignal(reason), comparand: null) is null)
        {
            _completed?.Invoke();
            Wake();
        }
    }

    /// <summary>Takes the next frame. Only the graph calls this.</summary>
    public bool TryTake(out OutboundFrame frame) => _frames.TryDequeue(out frame);

    /// <summary>Counts bytes that will be offered, or will not any more. From any thread.</summary>
    /// <returns>All that are counted.</returns>
    public long Expect(int bytes) => Interlocked.Add(ref _queuedBytes, bytes);

    /// <summary>The transport took these bytes.</summary>
    public void Sent(int bytes) => Interlocked.Add(ref _queuedBytes, -bytes);

    /// <summary>Names what to call when a frame arrives at an idle outbox. Only the graph calls this, once.</summary>
    public void OnWake(Action wake) => _wake = wake;

    /// <summary>Names what to call when the outbox is completed, by whomever. Only its connection calls this, before others have the outbox.</summary>
    public void OnComplete(Action completed) => _completed = completed;

    /// <summary>The graph found nothing and goes to sleep. False when something arrived meanwhile and it has to look again.</summary>
    public bool TrySleep()
    {
        Interlocked.Exchange(ref _idle, 1); // a full barrier: the look below must not move before the flag
        if (_frames.IsEmpty && _close is null)
        {
            return true;
        }

        // Whoever turned the flag off in between has sent a wake-up, which then finds the graph awake and does nothing.
        Interlocked.Exchange(ref _idle, 0);
        return false;
    }

    private void Wake()
    {
        if (Volatile.Read(ref _idle) == 1 && Interlocked.Exchange(ref _idle, 0) == 1)
        {
            _wake?.Invoke();
        }
    }

    private sealed record CloseSignal(CloseReason Reason);
}
