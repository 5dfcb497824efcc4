using Akka.Actor;

using ExecActors.Platform;

namespace ExecActors.Runtime.Processes;

/// <summary>Turns the reactor's callbacks into messages to one actor.</summary>
internal sealed class ChildObserver(IActorRef actor) : IChildObserver
{
    /// <inheritdoc/>
    public void OnOutput(OutputStreamKind stream, ByteLease bytes) => actor.Tell(new ProcessActor.OutputRead(stream, bytes), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void OnOutputEnded(OutputStreamKind stream) => actor.Tell(new ProcessActor.OutputEnded(stream), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void OnStdinReady() => actor.Tell(ProcessActor.StdinReady.Instance, ActorRefs.NoSender);

    /// <inheritdoc/>
    public void OnExited(ExitStatus status) => actor.Tell(new ProcessActor.Exited(status), ActorRefs.NoSender);
}
