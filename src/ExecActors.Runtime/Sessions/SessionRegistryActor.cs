using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.Memory;

using static ExecActors.Runtime.Sessions.RegistryProtocol;

namespace ExecActors.Runtime.Sessions;

/// <summary>Which sessions there are, who has them, and until when: a thin router that sees connections come and go, and no traffic.</summary>
/// <remarks>
/// Parent: the user guardian (/user/sessions). Children: one SessionActor per session.
/// Supervision: a failed session is stopped; its own failures are resumed, for a restart would stop every session.
/// Behaviours: Serving -> Refusing (drain).
/// Sessions are found by their principal only: somebody else's is answered as one that is not there.
/// Timers: one per detached session, named by its id. The retention is decided at the moment of a resume, too: at the boundary the end wins.
/// </remarks>
internal sealed class SessionRegistryActor : ResumingActor, IWithTimers
{
    private readonly SessionEnvironment _environment;
    private readonly SessionIdFactory _ids;
    private readonly SessionPlaces _places;
    private readonly Dictionary<string, SessionEntry> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, SessionEntry> _byActor = [];
    private readonly Dictionary<IActorRef, SessionEntry> _byConnection = [];
    private long _number;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public SessionRegistryActor(SessionEnvironment environment, SessionIdFactory ids)
        : base(environment.Log)
    {
        _environment = environment;
        _ids = ids;
        _places = new SessionPlaces(environment.Settings.Limits.Sessions, environment.Settings.Limits.SessionsPerPrincipal);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private TimeSpan Retention => _environment.Settings.Session.Retention;

    /// <summary>An empty registry.</summary>
    public static Props Props(SessionEnvironment environment, SessionIdFactory ids) =>
        ActorProducer.PropsOf(() => new SessionRegistryActor(environment, ids));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override bool Receive(object message) => Serving(message);

    private bool Serving(object message)
    {
        switch (message)
        {
            case Open open:
                OnOpen(open);
                return true;
            case Drain:
                Become(Refusing);
                Sender.Tell(Draining.Instance);
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    private bool Refusing(object message)
    {
        switch (message)
        {
            case Open open:
                open.Link.Connection.Tell(
                    new Refused(new RpcError(ErrorCodes.InvalidRequest, "the server is shutting down; connect to another or try again later")));
                return true;
            case Drain:
                Sender.Tell(Draining.Instance);
                return true;
            default:
                return ReceiveAny(message);
        }
    }

    private bool ReceiveAny(object message)
    {
        switch (message)
        {
            case ConnectionEnded ended:
                OnConnectionEnded(ended);
                return true;
            case Idle idle:
                OnIdle(idle);
                return true;
            case RetentionOver over:
                OnRetentionOver(over);
                return true;
            case Terminated terminated:
                OnTerminated(terminated);
                return true;
            default:
                return false;
        }
    }

    private void OnOpen(Open open)
    {
        if (open.ResumeSessionId is { } id)
        {
            Resume(id, open);
            return;
        }

        if (_places.FindRoom(open.Link.Principal, Forget) is { } limit)
        {
            open.Link.Connection.Tell(new Refused(Errors.Limit(limit)));
            return;
        }

        var sessionId = _ids.Next();
        var actor = Context.Watch(Context.ActorOf(SessionActor.Props(sessionId, _environment with { Principal = open.Link.Principal }), $"session-{++_number}"));
        var entry = new SessionEntry(sessionId, open.Link.Principal, actor);
        _sessions.Add(sessionId.Value, entry);
        _places.Add(entry);
        _byActor.Add(actor, entry);
        SessionLog.Opened(Log, sessionId, open.Link.ClientName);
        Attach(entry, open.Link);
    }

    private void Resume(string id, Open open)
    {
        if (_sessions.TryGetValue(id, out var entry) && !string.Equals(entry.Principal.Owner, open.Link.Principal.Owner, StringComparison.Ordinal))
        {
            entry = null; // somebody else's is as good as none, whatever state it is in
        }

        if (entry is { Connection: null } && Now - entry.DetachedAt >= Retention)
        {
            Expire(entry);
            entry = null;
        }

        if (entry is null)
        {
            open.Link.Connection.Tell(new Refused(Errors.UnknownSession(id)));
            return;
        }

        if (entry.Connection is not null)
        {
            // While one takeover's old connection is still closing, a second claimant is one too many.
            if (!open.Takeover || entry.Evicted is not null)
            {
                open.Link.Connection.Tell(new Refused(Errors.AlreadyAttached(id)));
                return;
            }

            entry.Evicted = entry.Connection;
            entry.Session.Tell(new SessionProtocol.Evict(entry.Epoch));
        }

        Timers.Cancel(entry.Id);
        Attach(entry, open.Link);
    }

    private void Attach(SessionEntry entry, ConnectionLink link)
    {
        _places.OnBusy(entry);
        entry.Epoch++;
        entry.Connection = Context.Watch(link.Connection);
        _byConnection[link.Connection] = entry;
        entry.Session.Tell(new SessionProtocol.Attach(entry.Epoch, link));
    }

    private void OnConnectionEnded(ConnectionEnded ended)
    {
        if (_sessions.TryGetValue(ended.Session.Value, out var entry) && entry.Epoch == ended.Epoch && entry.Connection is { } connection)
        {
            Detach(entry, connection, ended.HasLeft);
        }
    }

    private void Detach(SessionEntry entry, IActorRef connection, bool hasLeft)
    {
        _byConnection.Remove(connection);
        Context.Unwatch(connection);
        entry.Connection = null;
        entry.HasLeft = hasLeft;
        entry.DetachedAt = Now;
        entry.Session.Tell(new SessionProtocol.Detach(entry.Epoch)); // which says in return whether anything is left in it
        Timers.StartSingleTimer(entry.Id, new RetentionOver(entry.Id, entry.Epoch), Retention);
    }

    // Nothing waits in it for a client that said goodbye; for one that was cut, its id alone does.
    private void OnIdle(Idle idle)
    {
        if (!_sessions.TryGetValue(idle.Session.Value, out var entry) || entry.Epoch != idle.Epoch || entry.Connection is not null)
        {
            return;
        }

        if (entry.HasLeft && !idle.WasUsed)
        {
            Expire(entry);
        }
        else
        {
            _places.OnIdle(entry);
        }
    }

    private void OnRetentionOver(RetentionOver over)
    {
        if (_sessions.TryGetValue(over.Session.Value, out var entry) && entry.Epoch == over.Epoch && entry.Connection is null)
        {
            Expire(entry);
        }
    }

    private void Expire(SessionEntry entry)
    {
        _places.Remove(entry);
        Forget(entry);
    }

    private void Forget(SessionEntry entry)
    {
        Timers.Cancel(entry.Id);
        _sessions.Remove(entry.Id.Value);
        entry.Session.Tell(new SessionProtocol.Expire(entry.Epoch));
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_byConnection.Remove(terminated.ActorRef, out var attached))
        {
            if (terminated.ActorRef.Equals(attached.Evicted))
            {
                attached.Evicted = null;
            }

            if (terminated.ActorRef.Equals(attached.Connection))
            {
                Detach(attached, terminated.ActorRef, hasLeft: false);
            }
        }
        else if (_byActor.Remove(terminated.ActorRef, out var ended))
        {
            _environment.Memory.Tell(MemoryProtocol.LoadEnded.Instance, ActorRefs.NoSender);
            if (_sessions.Remove(ended.Id.Value))
            {
                _places.Remove(ended);
                SessionLog.SessionFailed(Log, ended.Id); // one that expired was removed before
            }

            Timers.Cancel(ended.Id);
            if (ended.Connection is { } connection)
            {
                _byConnection.Remove(connection);
                Context.Unwatch(connection);
            }
        }
    }

    private sealed record RetentionOver(SessionId Session, long Epoch) : INoSerializationVerificationNeeded;
}
