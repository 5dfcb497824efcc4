using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Processes;

/// <summary>What a <see cref="ProcessActor"/> accepts, and what it tells its session.</summary>
internal static class ProcessProtocol
{
    /// <summary>process/read. Answered, or parked and answered when there is something to say.</summary>
    public sealed record Read(RequestRef Request, ProcessReadParams Params) : INoSerializationVerificationNeeded;

    /// <summary>process/write; the bytes are the actor's. Answered once they are in the queue or the pipe, or can never be.</summary>
    public sealed record Write(RequestRef Request, string WriteId, PayloadBytes Bytes, bool CloseStdin) : INoSerializationVerificationNeeded;

    /// <summary>process/signal.</summary>
    public sealed record Signal(RequestRef Request, int Number) : INoSerializationVerificationNeeded;

    /// <summary>process/terminate.</summary>
    public sealed record Terminate(RequestRef Request) : INoSerializationVerificationNeeded;

    /// <summary>A connection is attached: live output goes to it from the next record on. Past records are not repeated.</summary>
    public sealed record Attach(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>The attachment ended: live output stops, requests that waited are dropped unanswered.</summary>
    public sealed record Detach(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>From the session: chunks may go to the attached connection by this lane.</summary>
    public sealed record LaneOpened(long Epoch, OutputLane Lane) : INoSerializationVerificationNeeded;

    /// <summary>From the session: keep so much output from now on, at most what the settings allow. What is beyond goes as soon as it may.</summary>
    /// <param name="RingBytes">In memory.</param>
    /// <param name="SpillBytes">In the file.</param>
    public sealed record Limit(int RingBytes, long SpillBytes) : INoSerializationVerificationNeeded;

    /// <summary>From the session: too many that have ended are kept; be forgotten as soon as an attached client has everything, as after the linger.</summary>
    public sealed record Forget : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Forget Instance { get; } = new();
    }

    /// <summary>To the session: how much output is held, told when it has changed by a fair amount.</summary>
    /// <param name="ProcessId">The client's id.</param>
    /// <param name="MemoryBytes">Memory taken.</param>
    /// <param name="FileBytes">Disk space taken.</param>
    public sealed record Held(string ProcessId, long MemoryBytes, long FileBytes) : INoSerializationVerificationNeeded;

    /// <summary>To the session: the process runs; sent after the start's answer.</summary>
    public sealed record Started(string ProcessId) : INoSerializationVerificationNeeded;

    /// <summary>To the session: there is no process; the id is free. The actor answers what still reaches it and waits to be stopped.</summary>
    public sealed record StartFailed(string ProcessId) : INoSerializationVerificationNeeded;

    /// <summary>To the session: one notification, to be sent in turn with those of the other processes.</summary>
    /// <param name="Epoch">The attachment it is meant for.</param>
    /// <param name="ProcessId">The client's id.</param>
    /// <param name="Sequence">Its number.</param>
    /// <param name="Frame">The finished notification.</param>
    /// <param name="Bytes">What it counts against the session's credit.</param>
    public sealed record Output(long Epoch, string ProcessId, ulong Sequence, ByteLease Frame, int Bytes)
        : ServiceProtocol.Notification(Epoch, Frame, Bytes);

    /// <summary>To the session: it has ended and its close was numbered; it stays readable for its linger.</summary>
    /// <param name="ProcessId">The client's id.</param>
    /// <param name="MemoryBytes">Memory taken by the output it keeps for process/read.</param>
    public sealed record Closed(string ProcessId, long MemoryBytes) : INoSerializationVerificationNeeded;

    /// <summary>To the session: closed and its linger is over; the id is free.</summary>
    public sealed record Forgotten(string ProcessId) : INoSerializationVerificationNeeded;

    /// <summary>To the session: the actor failed. Its process group was killed; nothing more comes.</summary>
    /// <param name="ProcessId">The client's id.</param>
    /// <param name="NextSequence">The number after the last record.</param>
    /// <param name="ExitSequence">The number of the exit; null when it has none yet.</param>
    /// <param name="ExitCode">The exit code if it has one, else -1.</param>
    /// <param name="CloseSequence">The number of the close; null when it has none yet.</param>
    public sealed record Failed(string ProcessId, ulong NextSequence, ulong? ExitSequence, int ExitCode, ulong? CloseSequence)
        : INoSerializationVerificationNeeded;
}
