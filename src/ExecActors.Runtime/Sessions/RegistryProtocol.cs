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
    /// <param name="Session">The session it had.</param>
    /// <param name="Epoch">As which attachment.</param>
    /// <param name="HasLeft">Whether the client said goodbye, rather than being cut or closed from this side.</param>
    public sealed record ConnectionEnded(SessionId Session, long Epoch, bool HasLeft = false) : INoSerializationVerificationNeeded;

    /// <summary>From a session without a connection: nothing is under way in it and no process is known in it.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Epoch">The attachment that ended last.</param>
    /// <param name="WasUsed">Whether it ever had a process, of which something may live on.</param>
    public sealed record Idle(SessionId Session, long Epoch, bool WasUsed) : INoSerializationVerificationNeeded;

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
