using Akka.Actor;
using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using static ExecActors.Runtime.Frames.ServiceProtocol;
using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <summary>One OS process of a session: its start, standard input, output log, waiting reads and exit.</summary>
/// <remarks>
/// Parent: SessionActor. Children: none.
/// Supervision: a failure stops it (the OS process cannot be made again); PostStop kills it with its descendants and tells the session, which keeps a tombstone.
/// Behaviours: Starting -> Live (running, then exited with streams open, then closed) or NotStarted; both end when the session stops the actor.
/// Timers: start-patience while starting, one per waiting read, detached-stall while a full log waits for a client (StallOver) or a client that
/// came back for what it lacks (CatchUpOver), linger once closed.
/// Owns: the child, the log and its file, the bytes queued for standard input.
/// </remarks>
internal sealed partial class ProcessActor : ActorBase, IWithTimers
{
    private const string WithoutSandbox = "none";

    /// <summary>What the protocol calls every sandbox on Linux, whatever it is made of, and also when the object limits nothing.</summary>
    private const string WithSandbox = "linuxSeccomp";

    private readonly ProcessOrder _order;
    private readonly ProcessEnvironment _environment;
    private readonly ProcessWorkers _workers;
    private readonly PendingStart _start;
    private readonly OutputLog _log;
    private readonly List<object> _early = [];
    private IChildProcess? _child;
    private bool _failed;

    /// <summary>Called by Akka; use <see cref="Props"/>.</summary>
    public ProcessActor(ProcessOrder order, ProcessEnvironment environment, ProcessWorkers workers)
    {
        _order = order;
        _environment = environment;
        _workers = workers;
        _start = new PendingStart(environment.Host, order.Spec, Self);
        _log = new OutputLog(order.Output, canSpill: environment.Spill.IsUsable && environment.Output.SpillBytes > 0);
        _writeIds = new WriteIdMemory(environment.Settings.WriteIds);
        _attachment = order.Attached ? order.Start.Epoch : NotAttached;
    }

    /// <summary>Set by Akka.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The start begins with the actor; its request is answered by the actor.</summary>
    public static Props Props(ProcessOrder order, ProcessEnvironment environment, ProcessWorkers workers) =>
        ActorProducer.PropsOf(() => new ProcessActor(order, environment, workers));

    /// <inheritdoc/>
    protected override void PreStart() => _workers.Starts.Run(_start);

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
        catch (Exception)
        {
            _failed = true;
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_child is { } child)
        {
            // A closed one may have left something running on purpose, which ends with the session.
            if (!_closed)
            {
                child.EndAll();
            }

            child.Release();
        }
        else
        {
            _start.GiveUp();
        }

        if (_failed)
        {
            Context.Parent.Tell(new Failed(
                _order.ProcessId, _log.NextSequence, _exitSequence, _exit?.Code ?? -1, _closed ? _log.NextSequence - 1 : null));
        }
        else
        {
            AnswerWaitingReads();
        }

        DropStdin();
        _log.Dispose();
        CloseFile();
    }

    /// <inheritdoc/>
    protected override bool Receive(object message) => Starting(message);

    private bool Starting(object message)
    {
        switch (message)
        {
            case Spawned spawned:
                OnSpawned(spawned);
                return true;
            case SpawnFailed failure:
                AbandonStart(Errors.StartFailed(failure.Message, failure.Data));
                return true;
            case StartPatienceOver:
                AbandonStart(Errors.StartCancelled(_order.ProcessId));
                return true;
            case Read read:
                HoldBack(read, read.Request);
                return true;
            case Write write:
                HoldBack(write, write.Request);
                return true;
            case Signal signal:
                HoldBackImpatiently(signal, signal.Request);
                return true;
            case Terminate terminate:
                HoldBackImpatiently(terminate, terminate.Request);
                return true;
            case Attach attach:
                _attachment = attach.Epoch;
                return true;
            case Detach detach:
                OnDetachWhileStarting(detach);
                return true;
            case Limit limit:
                _log.Limit(limit.RingBytes, limit.SpillBytes);
                return true;
            case AnswersTaken: // none was put off
                return true;
            default:
                return false;
        }
    }

    private bool Live(object message)
    {
        switch (message)
        {
            case OutputRead read:
                OnOutputRead(read);
                return true;
            case Admitted admitted:
                OnAdmitted(admitted);
                return true;
            case LaneOpened opened:
                OnLaneOpened(opened);
                return true;
            case Write write:
                OnWrite(write);
                return true;
            case Read read:
                OnRead(read);
                return true;
            case ReadDeadline deadline:
                OnReadDeadline(deadline);
                return true;
            case StdinReady:
                OnStdinReady();
                return true;
            case OutputEnded ended:
                OnOutputEnded(ended);
                return true;
            case Exited exited:
                OnExited(exited);
                return true;
            case Signal signal:
                OnSignal(signal);
                return true;
            case Terminate terminate:
                OnTerminate(terminate);
                return true;
            case Attach attach:
                OnAttach(attach);
                return true;
            case Detach detach:
                OnDetach(detach);
                return true;
            case LingerOver:
                OnLingerOver();
                return true;
            case Spilled spilled:
                OnSpilled(spilled);
                return true;
            case ReadBack read:
                OnReadBack(read);
                return true;
            case AnswersTaken:
                OnAnswersTaken();
                return true;
            case Forget:
                OnLingerOver();
                return true;
            case StallOver:
                OnStallOver();
                return true;
            case CatchUpOver:
                OnCatchUpOver();
                return true;
            case Limit limit:
                OnLimit(limit);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The start failed or was given up: what still arrives finds no process. The session stops the actor.</summary>
    private bool NotStarted(object message)
    {
        switch (message)
        {
            case Read read:
                Reply(read.Request, AnswerFrames.Error(read.Request.Id, Errors.UnknownProcess(_order.ProcessId)));
                return true;
            case Write write:
                write.Bytes.Dispose();
                ReplyWrite(write.Request, WriteStatus.UnknownProcess);
                return true;
            case Signal signal:
                Reply(signal.Request, AnswerFrames.Empty(signal.Request.Id));
                return true;
            case Terminate terminate:
                ReplyTerminate(terminate.Request, running: false);
                return true;
            case Spawned: // given back by PendingStart when the start was given up
            case SpawnFailed: // the given-up start failed after all
            case StartPatienceOver or Attach or Detach or Limit or AnswersTaken:
                return true;
            default:
                return false;
        }
    }

    private void OnSpawned(Spawned spawned)
    {
        Timers.Cancel(StartPatienceOver.Instance);
        _child = spawned.Child;
        OpenStreams();
        Become(Live);
        using (var buffer = new FrameBuffer(256))
        {
            WireWriter.StartResult(buffer, _order.Start.Id, _order.ProcessId, _order.Spec.Sandbox is null ? WithoutSandbox : WithSandbox);
            Reply(_order.Start, buffer.Take());
        }

        Context.Parent.Tell(new Started(_order.ProcessId));
        _child.Begin(new ChildObserver(Self));
        GrantInitialCredit();
        foreach (var message in _early)
        {
            Handle(message);
        }

        _early.Clear();
    }

    private void AbandonStart(RpcError why)
    {
        Timers.Cancel(StartPatienceOver.Instance);
        var cancelled = why.Code == ErrorCodes.InvalidRequest;
        if (cancelled)
        {
            _start.GiveUp();
        }

        Become(NotStarted);
        Reply(_order.Start, AnswerFrames.Error(_order.Start.Id, why));
        foreach (var message in _early)
        {
            switch (message)
            {
                case Terminate terminate:
                    ReplyTerminate(terminate.Request, cancelled);
                    break;
                case Signal signal:
                    Reply(signal.Request, AnswerFrames.Empty(signal.Request.Id));
                    break;
                case Write write:
                    write.Bytes.Dispose();
                    ReplyWrite(write.Request, WriteStatus.UnknownProcess);
                    break;
                case Read read:
                    Reply(read.Request, AnswerFrames.Error(read.Request.Id, Errors.UnknownProcess(_order.ProcessId)));
                    break;
                default:
                    throw new InvalidOperationException($"{message.GetType().Name} is not held back");
            }
        }

        _early.Clear();
        Context.Parent.Tell(new StartFailed(_order.ProcessId));
    }

    // Everything for this process id waits for its start, a matter of a millisecond.
    private void HoldBack(object message, in RequestRef request)
    {
        _early.Add(message);
        Park(request);
    }

    // A start on a dead mount would hold a terminate for ever: after a while it ends the start instead.
    private void HoldBackImpatiently(object message, in RequestRef request)
    {
        HoldBack(message, request);
        if (!Timers.IsTimerActive(StartPatienceOver.Instance))
        {
            Timers.StartSingleTimer(StartPatienceOver.Instance, StartPatienceOver.Instance, _environment.Settings.StartPatience);
        }
    }

    // Reads of the old connection go with it. Writes stay: the client repeats them with the same id after it came back.
    private void OnDetachWhileStarting(Detach detach)
    {
        if (_attachment == detach.Epoch)
        {
            _attachment = NotAttached;
        }

        _early.RemoveAll(message => message is Read read && read.Request.Epoch == detach.Epoch);
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case Write write:
                OnWrite(write);
                break;
            case Read read:
                OnRead(read);
                break;
            case Signal signal:
                OnSignal(signal);
                break;
            case Terminate terminate:
                OnTerminate(terminate);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} is not held back");
        }
    }

    private void Reply(in RequestRef request, ByteLease frame) => Context.Parent.Tell(Answer.To(request, frame), Self);

    private void Park(in RequestRef request) => Context.Parent.Tell(new Parked(request), Self);

    /// <summary>The reactor read bytes; the lease is the actor's.</summary>
    internal sealed record OutputRead(OutputStreamKind Stream, ByteLease Bytes) : INoSerializationVerificationNeeded;

    /// <summary>A stream ended.</summary>
    internal sealed record OutputEnded(OutputStreamKind Stream) : INoSerializationVerificationNeeded;

    /// <summary>Standard input has room again, or lost its reader.</summary>
    internal sealed record StdinReady : INoSerializationVerificationNeeded
    {
        public static StdinReady Instance { get; } = new();
    }

    /// <summary>The leader ended.</summary>
    internal sealed record Exited(ExitStatus Status) : INoSerializationVerificationNeeded;

    /// <summary>A blocking worker started the process.</summary>
    internal sealed record Spawned(IChildProcess Child) : INoSerializationVerificationNeeded;

    /// <summary>A blocking worker could not start it; text and data are the client's.</summary>
    internal sealed record SpawnFailed(string Message, RpcErrorData Data) : INoSerializationVerificationNeeded;

    private sealed record StartPatienceOver : INoSerializationVerificationNeeded
    {
        public static StartPatienceOver Instance { get; } = new();
    }

    private sealed record LingerOver : INoSerializationVerificationNeeded
    {
        public static LingerOver Instance { get; } = new();
    }
}
