using Akka.Actor;

namespace ExecActors.Runtime;

/// <summary>Makes an actor by a delegate. What Akka does by itself, reflection over the constructors, costs some tenths of a connection or a start.</summary>
internal sealed class ActorProducer<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    /// <inheritdoc/>
    public Type ActorType => typeof(TActor);

    /// <inheritdoc/>
    public ActorBase Produce() => make();

    /// <inheritdoc/>
    public void Release(ActorBase actor)
    {
        // The actor's own PostStop gives back what it holds.
    }
}

/// <inheritdoc cref="ActorProducer{TActor}"/>
internal static class ActorProducer
{
    /// <summary>Props whose every actor is made anew by the delegate, under the constraints of a local actor: they cannot be sent to another node.</summary>
    public static Props PropsOf<TActor>(Func<TActor> make)
        where TActor : ActorBase => Props.CreateBy(new ActorProducer<TActor>(make));
}
