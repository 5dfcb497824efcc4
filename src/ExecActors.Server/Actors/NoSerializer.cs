using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ExecActors.Server.Actors;

/// <summary>Stands where Akka has the serializer for whatever is not bound to another: this program sends nothing to another node.</summary>
/// <remarks>Named by <c>akka.actor.serializers.json</c>. Akka's own is made with each system and loads Newtonsoft.Json, with all that this loads.</remarks>
internal sealed class NoSerializer : Serializer
{
    /// <summary>Called by Akka, with the section of its serializer for JSON.</summary>
    public NoSerializer(ExtendedActorSystem system, Config config)
        : base(system) => _ = config;

    /// <inheritdoc/>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw Refusal(obj.GetType());

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw Refusal(type);

    private static NotSupportedException Refusal(Type type) => new($"{type} is not bound to a serializer; bind it in akka.actor.serialization-bindings");
}
