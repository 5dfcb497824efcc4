using ExecActors.Platform;

namespace ExecActors.Runtime.Frames;

/// <summary>One process's own way to the attached connection, without a hop through the session: two messages less for each chunk.</summary>
/// <remarks>
/// Opened by the session for a process that has told a few records, used by the process's actor for chunks while nothing of it waits in the session, so
/// that its numbers stay in order. Of no use any more when the attachment has ended: the gate is shut then.
/// </remarks>
internal sealed class OutputLane(OutputGate gate)
{
    private ulong _lastTold;

    /// <summary>The number of the last record that went this way; 0 for none.</summary>
    public ulong LastTold => Volatile.Read(ref _lastTold);

    /// <summary>Tells a record. False when it has to go through the session: the frame is still the caller's.</summary>
    public bool TryTell(ByteLease frame, ulong sequence)
    {
        if (!gate.TryPass(frame))
        {
            return false;
        }

        Volatile.Write(ref _lastTold, sequence);
        return true;
    }
}
