using Akka.Actor;
using Akka.Dispatch;

using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>Carries a batch out on a worker and tells the actor.</summary>
internal sealed class SpillWrite(LogFile file, SpillBatch batch, IActorRef actor) : IRunnable
{
    /// <inheritdoc/>
    public void Run() => actor.Tell(new ProcessActor.Spilled(batch, file.Write(batch)), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>Reads bytes back on a worker and hands them to the actor.</summary>
internal sealed class SpillRead(LogFile file, long from, int length, long circle, IActorRef actor) : IRunnable
{
    /// <inheritdoc/>
    public void Run()
    {
        var bytes = ByteLease.Rent(length);
        var errno = file.Read(bytes.Array.AsSpan(0, length), from, circle);
        bytes.SetLength(length);
        actor.Tell(new ProcessActor.ReadBack(bytes, errno), ActorRefs.NoSender);
    }

    /// <inheritdoc/>
    public void Execute() => Run();
}

/// <summary>Closes the file on a worker: to give 64 MiB of disk space back takes a while.</summary>
internal sealed class SpillClose(LogFile file) : IRunnable
{
    /// <inheritdoc/>
    public void Run() => file.Dispose();

    /// <inheritdoc/>
    public void Execute() => Run();
}
