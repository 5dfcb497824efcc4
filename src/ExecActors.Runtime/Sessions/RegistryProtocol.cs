using Akka.Actor;

using ExecActors.Protocol;

namespace ExecActors.Runtime.Sessions;

/// <summary>What a <see cref="SessionRegistryActor"/> accepts and answers.</summary>
internal static class RegistryProtocol
{
    /// <summary>A connection wants a session: a new one, or the one it names. Answered by SessionProtocol.Attached or <see cref="Refused"/>.</summary>
    public sealed record Open(ConnectionLink Link, string? ResumeSessionId, bool Takeover) : INoSerializationVerificationNeeded;

    /// <summary>No session for this connection; it may ask again.</summary>
    public sealed record Refused(RpcError Error) : INoSerializationVerificationNeeded;

    /// <summary>A connection that had a session ended. Starts the retention unless another connection has it by now.</summary>
    public sealed record ConnectionEnded(SessionId Session, long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>No new sessions and no resumes from now on. Answered by <see cref="Draining"/>.</summary>
    public sealed record Drain : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Drain Instance { get; } = new();
    }

    /// <summary>Nothing new is taken.</summary>
    public sealed record Draining : INoSerializationVerificationNeeded
    {
        /// <summary>The one instance.</summary>
        public static Draining Instance { get; } = new();
    }
}
