using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <summary>What a connection brings when it asks for a session.</summary>
/// <param name="Connection">The connection's actor.</param>
/// <param name="Outbox">Where frames for the client go.</param>
/// <param name="Window">Where its requests are counted.</param>
/// <param name="InitializeId">The initialize request, answered by the session that takes the connection.</param>
/// <param name="ClientName">As the client gave it, for the log.</param>
/// <param name="Principal">Who it is: whose a session is that it opens, and the only one it finds again.</param>
internal sealed record ConnectionLink(
    IActorRef Connection, Outbox Outbox, RequestWindow Window, RequestId InitializeId, string ClientName, Principal Principal);

/// <summary>What a <see cref="SessionActor"/> accepts.</summary>
internal static class SessionProtocol
{
    /// <summary>From the registry: binds a connection as the attachment of that epoch. Answered to the connection by <see cref="Attached"/>.</summary>
    public sealed record Attach(long Epoch, ConnectionLink Link) : INoSerializationVerificationNeeded;

    /// <summary>To the connection: it has the session from now on.</summary>
    /// <param name="Id">The session's id.</param>
    /// <param name="Epoch">The attachment.</param>
    /// <param name="Session">Who the messages of the client are for.</param>
    /// <param name="HeldBytes">What earlier connections left to be done counts in the window, from the hand-over on.</param>
    public sealed record Attached(SessionId Id, long Epoch, IActorRef Session, long HeldBytes) : INoSerializationVerificationNeeded;

    /// <summary>From the registry: the connection of that epoch ended. Ignored unless it is the attached one.</summary>
    public sealed record Detach(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>From the registry: another connection takes over. What waits is answered, the connection is closed with the reason.</summary>
    public sealed record Evict(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>From the registry: the retention of that epoch's detachment is over. Ends the session unless it was attached again.</summary>
    public sealed record Expire(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>From the attached connection: one message.</summary>
    public sealed record Inbound(long Epoch, InboundMessage Message) : INoSerializationVerificationNeeded;

    /// <summary>From the attached connection: it has taken answers, so that those may be made which were put off.</summary>
    public sealed record AnswersTaken(long Epoch) : INoSerializationVerificationNeeded;

    /// <summary>From the attached connection: the socket took that many bytes of output.</summary>
    public sealed record CreditReturned(long Epoch, int Bytes) : INoSerializationVerificationNeeded;
}
