using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Workers;

using static ExecActors.Runtime.Sessions.SessionProtocol;

namespace ExecActors.Runtime.Sessions;

/// <summary>One client session: owns its processes and outlives the connection that opened it.</summary>
/// <remarks>
/// Parent: SessionRegistryActor. Children: one ProcessActor per process id.
/// Supervision: a failed child is stopped, not restarted (its OS process cannot be made again); a tombstone keeps its id readable.
/// Behaviours: Detached (start) -> AttachedNow -> Detached ... -> stopped by the registry's Expire(epoch).
/// Timers: one per tombstone, for its linger; the registry keeps the time of the session itself.
/// Everything outbound carries the epoch of the attachment it is meant for, so late messages of an old connection fall away here.
/// </remarks>
internal sealed partial class SessionActor : ActorBase, IWithTimers
{
    private readonly SessionId _id;
    private readonly SessionEnvironment _environment;
    private readonly Dictionary<string, ProcessEntry> _processes = new(StringComparer.Ordinal);
    private readonly LinkedList<ProcessEntry> _closed = new(); // oldest first; a subset of the processes
    private readonly SessionWorkers _fileWorkers;
    private readonly ProcessWorkers _processWorkers;
    private readonly SessionWorkers _nameWorkers;
    private readonly FileDesk _files;
    private readonly HelperUser _helperUser;
    private readonly WatchPlaces _watchPlaces;
    private readonly OutputShares _shares;
    private readonly IProcessFamily _family;
    private long _closedBytes;
    private int _leaving; // closed, and only kept until the client has been told the last
    private long _leavingBytes;
    private Attachment? _attached;
    private long? _lastEpoch; // while it has no connection and the registry was not told that it is idle
    private long _processNumber;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public SessionActor(SessionId id, SessionEnvironment environment)
    {
        _id = id;
        _environment = environment;
        _fileWorkers = new SessionWorkers(environment.Lanes.Files, environment.Principal);
        _processWorkers = new ProcessWorkers(
            new SessionWorkers(environment.Lanes.Starts, environment.Principal), new SessionWorkers(environment.Lanes.Output, environment.Principal));
        _nameWorkers = new SessionWorkers(environment.Lanes.Names, environment.Principal);
        _files = new FileDesk(environment.Files, _fileWorkers, Self, Answer, environment.Settings.Limits.FileHandlesPerConnection, environment.Settings.Limits.WorkersPerSession);
        _helperUser = new HelperUser(environment.Principal);
        _watchPlaces = new WatchPlaces(environment.WatchedDirectories, environment.Principal);
        _shares = new OutputShares(environment.Settings.Output, environment.Settings.Process);
        _family = environment.Process.Host.NewFamily();
        Become(Detached);
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A session without a connection and without processes.</summary>
    public static Props Props(SessionId id, SessionEnvironment environment) =>
        ActorProducer.PropsOf(() => new SessionActor(id, environment));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_attached is { } attached)
        {
            attached.Outbox.Complete(CloseReason.SessionFailed); // a drain has completed it before with another reason
            attached.Dispose();
        }

        _files.Detach();
        _family.EndAll(); // also what outlived a process that was closed and forgotten
        foreach (var entry in _processes.Values)
        {
            if (entry.ClosedWithBytes is null)
            {
                _environment.Processes.GiveBack(_environment.Principal);
            }

            DropDeferred(entry, epoch: null);
        }
    }

    /// <inheritdoc/>
    protected override bool Receive(object message) => Detached(message);

    private bool Detached(object message)
    {
        switch (message)
        {
            case Attach attach:
                OnAttach(attach);
                return true;
            case Expire:
                OnExpire();
                return true;
            case Inbound stale:
                stale.Message.Payload?.Dispose();
                return true;
            case CreditReturned or AnswersTaken or Detach or Evict: // of the connection that left
                return true;
            default:
                var isKnown = ReceiveFromChildren(message);
                TellIfIdle();
                return isKnown;
        }
    }

    private bool AttachedNow(object message)
    {
        switch (message)
        {
            case Inbound inbound:
                OnInbound(inbound);
                return true;
            case CreditReturned credit:
                OnCreditReturned(credit);
                return true;
            case AnswersTaken taken:
                OnAnswersTaken(taken);
                return true;
            case Detach detach:
                OnDetach(detach.Epoch);
                return true;
            case Evict evict:
                OnEvict(evict);
                return true;
            case Expire: // a connection came back first
                return true;
            default:
                return ReceiveFromChildren(message);
        }
    }

    private bool ReceiveFromChildren(object message)
    {
        switch (message)
        {
            case ProcessProtocol.Output output:
                OnOutput(output);
                return true;
            case ServiceProtocol.Answer answer:
                OnAnswer(answer);
                return true;
            case ServiceProtocol.Parked parked:
                OnParked(parked);
                return true;
            case ProcessProtocol.Started started:
                OnStarted(started);
                return true;
            case ProcessProtocol.StartFailed failed:
                OnStartFailed(failed);
                return true;
            case ProcessProtocol.Closed closed:
                OnClosed(closed);
                return true;
            case ProcessProtocol.Forgotten forgotten:
                OnForgotten(forgotten);
                return true;
            case ProcessProtocol.Failed failed:
                OnFailed(failed);
                return true;
            case ProcessProtocol.Held held:
                OnHeld(held);
                return true;
            case FileProtocol.Done done:
                _files.OnDone(done);
                return true;
            case FileProtocol.PutOff putOff:
                _files.OnPutOff(putOff.Task);
                return true;
            case ServiceProtocol.Notification notification: // of an HTTP stream or a watch
                OnNotification(notification);
                return true;
            case TombstoneOver over:
                Remove(over.Entry);
                return true;
            case Terminated terminated:
                OnTerminated(terminated);
                return true;
            default:
                return false;
        }
    }

    private void OnAttach(Attach attach)
    {
        _lastEpoch = null;
        _attached = new Attachment(attach.Epoch, attach.Link, _environment.Settings.Session.CreditBytes);
        _files.Attach(attach.Epoch);
        attach.Link.Outbox.CreditTarget = new CreditTarget(Self, attach.Epoch);
        var (self, taken) = (Self, new AnswersTaken(attach.Epoch));
        attach.Link.Window.OnAnswersTaken(() => self.Tell(taken, ActorRefs.NoSender));

        // The answer goes first, then whatever the processes put out from now on.
        using (var buffer = new FrameBuffer(256 + _environment.EnvironmentInfo.Length))
        {
            WireWriter.InitializeResult(buffer, attach.Link.InitializeId, _id.Value, _environment.EnvironmentInfo.Span);
            attach.Link.Outbox.Offer(buffer.Take());
        }

        attach.Link.Connection.Tell(new Attached(_id, attach.Epoch, Self, _kept.Values.Sum(write => (long)write.Weight)));
        TellProcesses(new ProcessProtocol.Attach(attach.Epoch));
        SessionLog.Attached(_environment.Log, _id, attach.Epoch);
        Become(AttachedNow);
    }

    private void OnDetach(long epoch)
    {
        if (_attached is not { } attached || attached.Epoch != epoch)
        {
            return;
        }

        foreach (var child in attached.Children)
        {
            Context.Stop(child); // drops HTTP connections and watches: nobody is left to hear of them
        }

        KeepWrites(attached);
        attached.Dispose();
        _attached = null;
        _files.Detach();
        foreach (var entry in _processes.Values)
        {
            entry.OnDetach();
            DropDeferred(entry, epoch);
        }

        TellProcesses(new ProcessProtocol.Detach(epoch));
        SessionLog.Detached(_environment.Log, _id, _processes.Count, _environment.Settings.Session.Retention.TotalSeconds);
        Become(Detached);
        _lastEpoch = epoch;
        TellIfIdle();
    }

    // Once for each time without a connection: nothing comes into a session that has none.
    private void TellIfIdle()
    {
        if (_lastEpoch is { } epoch && _processes.Count == 0 && _files.IsIdle)
        {
            _lastEpoch = null;
            Context.Parent.Tell(new RegistryProtocol.Idle(_id, epoch, WasUsed: _processNumber > 0));
        }
    }

    private void OnEvict(Evict evict)
    {
        if (_attached is { } attached && attached.Epoch == evict.Epoch)
        {
            KeepWrites(attached);
            attached.Answers.FailAll(Errors.ResumedElsewhere);
            attached.Outbox.Complete(CloseReason.TakenOver);
            OnDetach(evict.Epoch);
        }
    }

    private void OnExpire()
    {
        SessionLog.Expired(_environment.Log, _id, _processes.Count - _closed.Count - _leaving);
        Context.Stop(Self);
    }

    private void OnCreditReturned(CreditReturned credit)
    {
        if (_attached is { } attached && attached.Epoch == credit.Epoch)
        {
            attached.Output.Return(credit.Bytes);
        }
    }

    private void TellProcesses(object message)
    {
        foreach (var entry in _processes.Values)
        {
            if (entry.Tombstone is null)
            {
                entry.Actor.Tell(message);
            }
        }
    }

    private static void DropDeferred(ProcessEntry entry, long? epoch)
    {
        for (var left = entry.Deferred.Count; left > 0; left--)
        {
            var request = entry.Deferred.Dequeue();
            if (epoch is null || request.Epoch == epoch)
            {
                request.Message.Payload?.Dispose();
            }
            else
            {
                entry.Deferred.Enqueue(request);
            }
        }
    }

    private sealed record TombstoneOver(ProcessEntry Entry) : INoSerializationVerificationNeeded;
}
