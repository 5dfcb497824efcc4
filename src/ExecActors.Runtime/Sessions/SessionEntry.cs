using Akka.Actor;

namespace ExecActors.Runtime.Sessions;

/// <summary>A session as the registry knows it.</summary>
internal sealed class SessionEntry(SessionId id, Principal principal, IActorRef session)
{
    public SessionId Id => id;

    /// <summary>Whose it is.</summary>
    public Principal Principal => principal;

    public IActorRef Session => session;

    public long Epoch { get; set; }

    /// <summary>Who has the session; null while detached.</summary>
    public IActorRef? Connection { get; set; }

    /// <summary>The connection that was taken over and has not ended yet.</summary>
    public IActorRef? Evicted { get; set; }

    public TimeSpan DetachedAt { get; set; }

    /// <summary>Whether the client of the last connection said goodbye: it does not mean to come back.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Where it stands among all sessions without a connection and without anything in them; null when it is none of those.</summary>
    public LinkedListNode<SessionEntry>? Idle { get; set; }

    /// <summary>The same among those of its principal's share.</summary>
    public LinkedListNode<SessionEntry>? IdleOfShare { get; set; }
}
