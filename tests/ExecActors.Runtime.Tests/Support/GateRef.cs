using Akka.Actor;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A sender whose answer stops at a gate: the actor that answers it stands between two messages until the gate opens.</summary>
#pragma warning disable MA0097 // a reference to an actor is not put in order
internal sealed class GateRef(Gate gate) : MinimalActorRef
#pragma warning restore MA0097
{
    /// <inheritdoc/>
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "gate";

    /// <inheritdoc/>
    public override IActorRefProvider Provider => throw new NotSupportedException("a gate has no provider");

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender) => gate.Pass();
}
