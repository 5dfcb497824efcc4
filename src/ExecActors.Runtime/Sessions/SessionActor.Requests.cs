using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Processes;

using static ExecActors.Runtime.Sessions.SessionProtocol;

namespace ExecActors.Runtime.Sessions;

/// <content>Requests of the attached connection: answered here or routed to the process they name.</content>
internal sealed partial class SessionActor
{
    private const int Interrupt = 2;
    private static readonly byte[] ReadyStatus = """{"status":"ready"}"""u8.ToArray();

    private void OnInbound(Inbound inbound)
    {
        var message = inbound.Message;
        if (_attached is not { } attached || attached.Epoch != inbound.Epoch)
        {
            message.Payload?.Dispose();
            return;
        }

        switch (message.Kind)
        {
            case InboundKind.Request:
                OnRequest(attached, message);
                break;
            case InboundKind.Unparsable:
                AnswerNow(attached, message, AnswerFrames.Error(message.Id, message.Problem!.Value));
                break;
            case InboundKind.Notification:
                attached.Window.Settle(requests: 1, message.Weight);
                if (message.Method != WireMethod.Initialized)
                {
                    SessionLog.IgnoredNotification(_environment.Log, _id, message.MethodName);
                }

                break;
            case InboundKind.Response:
                attached.Window.Settle(requests: 1, message.Weight);
                attached.Outbox.Complete(CloseReason.Violation("a response came, but this server asked nothing"));
                break;
            default:
                throw new InvalidOperationException($"a message of kind {message.Kind} is not known");
        }
    }

    private void OnRequest(Attachment attached, InboundMessage message)
    {
        if (message.Problem is { } problem)
        {
            message.Payload?.Dispose();
            AnswerNow(attached, message, AnswerFrames.Error(message.Id, problem));
            return;
        }

        switch (message)
        {
            case { Method: WireMethod.EnvironmentStatus }:
                AnswerNow(attached, message, AnswerFrames.Raw(message.Id, ReadyStatus));
                break;
            case { Method: WireMethod.EnvironmentInfo }:
                AnswerNow(attached, message, AnswerFrames.Raw(message.Id, _environment.EnvironmentInfo.Span));
                break;
            case { Method: WireMethod.Initialize }:
                AnswerNow(attached, message, AnswerFrames.Error(message.Id, Errors.InitializeTwice));
                break;
            case { Method: WireMethod.ProcessSignal or WireMethod.ProcessTerminate or WireMethod.HttpCancel }:
                Execute(attached, attached.Answers.Enter(message.Id, message.Weight, counted: false), message);
                break;
            default:
                OnCountedRequest(attached, message);
                break;
        }
    }

    // What can take long counts against the connection's cap, if there is one, and against the bound of waiting requests.
    private void OnCountedRequest(Attachment attached, InboundMessage message)
    {
        var limits = _environment.Settings.Limits;

        // A read of what is there waits only when answers are not taken, or for the disk: it is refused only when others like it do so, too.
        var bound = message.Params is ProcessReadParams { WaitMs: 0 } ? 2L * limits.WaitingRequests : limits.WaitingRequests;
        if (attached.Answers.WaitingCount >= bound)
        {
            message.Payload?.Dispose();
            AnswerNow(attached, message, AnswerFrames.Error(message.Id, Errors.Limit("limits.waiting-requests")));
            return;
        }

        var ticket = attached.Answers.Enter(message.Id, message.Weight, counted: true, outlives: message.Params is ProcessWriteParams);
        if (limits.ConcurrentRequests > 0 && attached.Active >= limits.ConcurrentRequests)
        {
            attached.Queued.Enqueue(new DeferredRequest(attached.Epoch, ticket, message));
            attached.Answers.Park(ticket);
            return;
        }

        attached.Active++;
        Execute(attached, ticket, message);
    }

    private void Execute(Attachment attached, long ticket, InboundMessage message)
    {
        switch (WireMethods.Of(message.Method).Family)
        {
            case "filesystem":
                attached.Answers.Park(ticket); // workers answer when they are done, in whatever order that is
                TakeFileRequest(attached, new RequestRef(attached.Epoch, ticket, message.Id, attached.Window), message);
                break;
            case "http":
                TakeHttpRequest(attached, new RequestRef(attached.Epoch, ticket, message.Id, attached.Window), message);
                break;
            default:
                ExecuteForProcess(attached, ticket, message);
                break;
        }
    }

    private void ExecuteForProcess(Attachment attached, long ticket, InboundMessage message)
    {
        var processId = ProcessIdOf(message);
        _processes.TryGetValue(processId, out var entry);
        var waitsForStart = entry is { Starting: true } && (entry.Deferred.Count > 0 || message.Method == WireMethod.ProcessStart);
        if (waitsForStart)
        {
            entry!.Deferred.Enqueue(new DeferredRequest(attached.Epoch, ticket, message));
            attached.Answers.Park(ticket);
            return;
        }

        var request = new RequestRef(attached.Epoch, ticket, message.Id, attached.Window);
        switch (message.Params)
        {
            case ProcessStartParams start:
                Start(attached, request, start, entry);
                break;
            case ProcessReadParams read:
                Route(attached, request, entry, new ProcessProtocol.Read(request, read));
                break;
            case ProcessWriteParams write:
                Route(attached, request, entry, new ProcessProtocol.Write(request, write.WriteId, message.Payload!, write.CloseStdin));
                break;
            case ProcessSignalParams:
                Route(attached, request, entry, new ProcessProtocol.Signal(request, Interrupt));
                break;
            case ProcessTerminateParams:
                Route(attached, request, entry, new ProcessProtocol.Terminate(request));
                break;
            default:
                throw new InvalidOperationException($"{message.MethodName} has params of another method");
        }
    }

    private void Route(Attachment attached, in RequestRef request, ProcessEntry? entry, object message)
    {
        if (entry is { Tombstone: null })
        {
            attached.Answers.Assign(request.Ticket, entry.Actor);
            entry.Actor.Tell(message, Self);
            return;
        }

        Answer(attached, request.Ticket, AnswerWithoutProcess(request.Id, entry?.Tombstone, message));
    }

    private static ByteLease AnswerWithoutProcess(RequestId id, Tombstone? tombstone, object message)
    {
        using var buffer = new FrameBuffer(256);
        switch (message)
        {
            case ProcessProtocol.Read read when tombstone is null:
                WireWriter.Error(buffer, id, Errors.UnknownProcess(read.Params.ProcessId));
                break;
            case ProcessProtocol.Read:
                WireWriter.BeginReadResult(buffer, id);
                WireWriter.EndReadResult(
                    buffer, tombstone.NextSequence, exited: true, tombstone.ExitCode, closed: true, tombstone.Failure, sandboxDenied: false, firstSeq: null);
                break;
            case ProcessProtocol.Write write:
                if (!write.Bytes.TryDecode(out var bytes, out var error))
                {
                    WireWriter.Error(buffer, id, error);
                    break;
                }

                bytes.Dispose();
                WireWriter.WriteResult(buffer, id, tombstone is null ? WriteStatus.UnknownProcess : WriteStatus.StdinClosed);
                break;
            case ProcessProtocol.Signal:
                WireWriter.EmptyResult(buffer, id);
                break;
            case ProcessProtocol.Terminate:
                WireWriter.TerminateResult(buffer, id, running: false);
                break;
            default:
                throw new InvalidOperationException($"{message.GetType().Name} is no request to a process");
        }

        return buffer.Take();
    }

    private void AnswerNow(Attachment attached, InboundMessage message, ByteLease frame) =>
        Answer(attached, attached.Answers.Enter(message.Id, message.Weight, counted: false), frame);

    // What watches and HTTP requests of the attachment tell.
    private void OnNotification(ServiceProtocol.Notification notification)
    {
        if (_attached is { } attached && attached.Epoch == notification.Epoch)
        {
            attached.Output.Add(Sender, notification);
        }
        else
        {
            notification.Frame.Dispose();
        }
    }

    private void OnAnswer(ServiceProtocol.Answer answer)
    {
        var length = answer.Frame.Length; // the frame is gone afterwards
        Answer(answer.Request, answer.Frame);
        answer.Request.Window.Arrive(length);
    }

    private void Answer(RequestRef request, ByteLease frame)
    {
        if (_attached is { } attached && attached.Epoch == request.Epoch)
        {
            Answer(attached, request.Ticket, frame);
        }
        else
        {
            frame.Dispose();
            SettleKept(request);
        }
    }

    private void Answer(Attachment attached, long ticket, ByteLease frame)
    {
        if (attached.Answers.Answer(ticket, frame, out var counted) && counted)
        {
            attached.Active--;
            RunQueued(attached);
        }
    }

    private void OnAnswersTaken(AnswersTaken taken)
    {
        if (_attached is { } attached && attached.Epoch == taken.Epoch)
        {
            _files.RunPutOff();
            attached.Http?.Tell(ServiceProtocol.AnswersTaken.Instance, Self);
            TellProcesses(ServiceProtocol.AnswersTaken.Instance);
        }
    }

    // Never inside itself: of thousands that are answered at once, each would stand on the stack of the one before.
    private void RunQueued(Attachment attached)
    {
        if (attached.HoldsQueued)
        {
            return;
        }

        attached.HoldsQueued = true;
        while (attached.Active < _environment.Settings.Limits.ConcurrentRequests && attached.Queued.TryDequeue(out var next))
        {
            attached.Active++;
            Execute(attached, next.Ticket, next.Message);
        }

        attached.HoldsQueued = false;
    }

    private static string ProcessIdOf(InboundMessage message) => message.Params switch
    {
        ProcessStartParams start => start.ProcessId,
        ProcessReadParams read => read.ProcessId,
        ProcessWriteParams write => write.ProcessId,
        ProcessSignalParams signal => signal.ProcessId,
        ProcessTerminateParams terminate => terminate.ProcessId,
        _ => throw new InvalidOperationException($"{message.MethodName} names no process"),
    };
}
