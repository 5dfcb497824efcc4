using Akka.Actor;

namespace ExecActors.Runtime.Memory;

/// <summary>What a <see cref="MemoryActor"/> accepts. It answers nothing.</summary>
internal static class MemoryProtocol
{
    /// <summary>Memory was used; sent once while the actor does not look anyway.</summary>
    public sealed record Used : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Used Instance { get; } = new();
    }

    /// <summary>A connection or a session has ended, so that what it held may be garbage now.</summary>
    public sealed record LoadEnded : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static LoadEnded Instance { get; } = new();
    }
}
