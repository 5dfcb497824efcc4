using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Runtime.Settings;

using Microsoft.Extensions.Logging;

using static ExecActors.Runtime.Memory.MemoryProtocol;

namespace ExecActors.Runtime.Memory;

/// <summary>Gives memory back to the system when a load has ended: idle buffers are let go, and garbage is collected if that is worth it.</summary>
/// <remarks>
/// Parent: the user guardian (/user/memory). Children: none.
/// Supervision: none; it survives its own failures, the message is logged and dropped (<see cref="ResumingActor"/>).
/// Behaviours: Resting -> Looking -> Resting. Resting has no timer: the next use of memory wakes it.
/// Timers: the next look, while memory is used.
/// A collection stops everybody, so it waits for a quiet moment: an interval in which little was allocated. While others work on, it comes only for
/// several times as much.
/// </remarks>
internal sealed class MemoryActor : ResumingActor, IWithTimers
{
    /// <summary>Beside others' work a collection has to be worth so many times more.</summary>
    private const int WorthBesideOthers = 4;

    private readonly MemorySettings _settings;
    private readonly IProgramMemory _memory;
    private long _allocated; // at the last look
    private long _dropped; // at the last collection
    private long _resident; // after the last collection
    private long _leastResident;
    private TimeSpan _collectedAt = TimeSpan.MinValue;
    private bool _loadEnded;
    private bool _waited;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public MemoryActor(MemorySettings settings, IProgramMemory memory, ILogger log)
        : base(log)
    {
        _settings = settings;
        _memory = memory;
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Looks after the memory of this program.</summary>
    public static Props Props(MemorySettings settings, IProgramMemory memory, ILogger log) =>
        ActorProducer.PropsOf(() => new MemoryActor(settings, memory, log));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _resident = _leastResident = _memory.ResidentBytes;
        BeginLooking(); // at what the start has left
    }

    /// <inheritdoc/>
    protected override bool Receive(object message) => Resting(message);

    private bool Resting(object message)
    {
        switch (message)
        {
            case Used:
                BeginLooking();
                return true;
            case LoadEnded:
                _loadEnded = true;
                BeginLooking();
                return true;
            default:
                return false;
        }
    }

    private bool Looking(object message)
    {
        switch (message)
        {
            case Used:
                return true;
            case LoadEnded:
                _loadEnded = true;
                return true;
            case Look:
                OnLook();
                return true;
            default:
                return false;
        }
    }

    private void BeginLooking()
    {
        _allocated = _memory.AllocatedBytes;
        Timers.StartSingleTimer(Look.Instance, Look.Instance, _settings.LookInterval);
        Become(Looking);
    }

    private void OnLook()
    {
        _memory.Trim();
        var allocated = _memory.AllocatedBytes;
        var isQuiet = allocated - _allocated < _settings.QuietBytes;
        _allocated = allocated;
        var isSettled = _memory.IdleBytes == 0 || _waited; // what was given back a moment ago is let go at the next look: one collection for both
        _waited = isQuiet && !isSettled;
        var mayCollect = isSettled && (_collectedAt == TimeSpan.MinValue || Context.System.Scheduler.MonotonicClock - _collectedAt >= _settings.CollectInterval);
        var isWorth = IsWorth(isQuiet ? _settings.GiveBackBytes : WorthBesideOthers * _settings.GiveBackBytes, isQuiet);
        if (isWorth && mayCollect)
        {
            Collect();
        }

        if (isQuiet && _memory.IdleBytes == 0 && (!isWorth || mayCollect))
        {
            Rest();
        }
        else
        {
            Timers.StartSingleTimer(Look.Instance, Look.Instance, _settings.LookInterval);
        }
    }

    // What was let go is garbage for certain. What else came since the last collection may be; and what was there already, when something has ended.
    private bool IsWorth(long bytes, bool isQuiet)
    {
        if (_memory.DroppedBytes - _dropped >= bytes)
        {
            return true;
        }

        var resident = _memory.ResidentBytes;
        return (isQuiet && resident - _resident >= bytes) || (_loadEnded && resident - _leastResident >= bytes);
    }

    private void Collect()
    {
        var before = _memory.ResidentBytes;
        _memory.Collect();
        _collectedAt = Context.System.Scheduler.MonotonicClock;
        _dropped = _memory.DroppedBytes;
        _resident = _memory.ResidentBytes;
        _leastResident = Math.Min(_leastResident, _resident);
        _loadEnded = false;
        MemoryLog.GaveBack(Log, before >> 20, _resident >> 20);
    }

    private void Rest()
    {
        var self = Self;
        _loadEnded = false;
        Become(Resting);
        _memory.OnUse(() => self.Tell(Used.Instance, ActorRefs.NoSender));
    }

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }
}
