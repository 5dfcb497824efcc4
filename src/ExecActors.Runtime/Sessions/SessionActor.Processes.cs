using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Sandbox;

namespace ExecActors.Runtime.Sessions;

/// <content>The session's processes: admission, start, what they tell, and what is left of one that failed.</content>
internal sealed partial class SessionActor
{
    /// <summary>After so many records a process gets a lane: a short one has no use for it.</summary>
    private const int RecordsBeforeLane = 8;

    private const string FailureText = "the server lost this process to an internal failure and killed it; start it again";

    private void Start(Attachment attached, in RequestRef request, ProcessStartParams start, ProcessEntry? existing)
    {
        if (existing is not null)
        {
            Answer(attached, request.Ticket, AnswerFrames.Error(request.Id, Errors.ProcessExists(start.ProcessId)));
            return;
        }

        if (!TryPolicy(start, out var policy, out var unclear))
        {
            Answer(attached, request.Ticket, AnswerFrames.Error(request.Id, unclear));
            return;
        }

        if (Refusal(attached, start) is { } refusal)
        {
            Answer(attached, request.Ticket, AnswerFrames.Error(request.Id, refusal));
            return;
        }

        var spec = new ProcessSpec
        {
            Argv = start.Argv,
            Arg0 = start.Arg0,
            Cwd = start.NativeCwd,
            Environment = EnvPolicy.Apply(_environment.ServerVariables, start.EnvPolicy, start.Env),
            Sandbox = policy,
            Family = _family,
            Io = start.Tty ? ProcessIo.Terminal : start.PipeStdin ? ProcessIo.PipesWithStdin : ProcessIo.Pipes,
        };
        var process = _environment.Settings.Process;
        var bounds = new OutputBounds(
            (int)(start.OutputRetention?.RingBytes ?? process.RingBytes), start.OutputRetention?.SpillBytes ?? process.SpillBytes, process.LogRecords);
        var order = new ProcessOrder(start.ProcessId, spec, request, bounds, Attached: true);
        var actor = Context.Watch(Context.ActorOf(ProcessActor.Props(order, _environment.Process, _processWorkers), $"process-{++_processNumber}"));
        _processes.Add(start.ProcessId, new ProcessEntry(start.ProcessId, actor));
        attached.Answers.Assign(request.Ticket, actor);
        attached.Answers.Park(request.Ticket);
    }

    // Closed by default: what cannot be enforced here is refused, never run without it.
    private RpcError? Refusal(Attachment attached, ProcessStartParams start)
    {
        if (Unenforceable(start) is { } member)
        {
            return new RpcError(
                ErrorCodes.InvalidParams, $"process/start asks for `{member}`, which this server cannot enforce; send it as null or false to run without it");
        }

        if (start.OutputRetention?.Refusal(_environment.Settings.Process.RingBytes, _environment.Settings.Process.SpillBytes) is { } tooMuch)
        {
            return tooMuch;
        }

        if (_processes.Count - _closed.Count - _leaving >= _environment.Settings.Limits.ProcessesPerSession)
        {
            return Errors.Limit("limits.processes-per-session");
        }

        // Short-lived processes leave their last frames behind: a client that starts them and does not read must not collect these without end.
        var limits = _environment.Settings.Limits;
        if (attached.Output.Waiting + _leaving >= limits.ClosedProcessesPerSession)
        {
            return Errors.Limit("limits.closed-processes-per-session");
        }

        if (attached.Output.WaitingBytes + _leavingBytes >= limits.ClosedBytesPerSession)
        {
            return Errors.Limit("limits.closed-bytes-per-session");
        }

        return _environment.Processes.TryTake(_environment.Principal) is { } key ? Errors.Limit(key) : null;
    }

    // Whether the machine can enforce it is found out on a blocking worker, with the files as they are then.
    private bool TryPolicy(ProcessStartParams start, out SandboxPolicy? policy, out RpcError refusal)
    {
        policy = null;
        refusal = default;
        return start.Sandbox is not { } context
            || SandboxPolicyMapper.TryMap(
                context, start.NativeCwd, _environment.ServerVariables.GetValueOrDefault("TMPDIR"), out policy, out refusal);
    }

    private static string? Unenforceable(ProcessStartParams start) => start switch
    {
        { EnforceManagedNetwork: true } => "enforceManagedNetwork",
        { HasManagedNetwork: true } => "managedNetwork",
        { HasNetworkProxy: true } => "networkProxy",
        { HasCredentialProviders: true } => "credentialProviders",
        { HasShellSnapshot: true } => "shellSnapshot",
        _ => null,
    };

    private void OnOutput(ProcessProtocol.Output output)
    {
        if (_attached is not { } attached || attached.Epoch != output.Epoch)
        {
            output.Frame.Dispose(); // the log still has it
            return;
        }

        attached.Output.Add(Sender, output);
        if (!_processes.TryGetValue(output.ProcessId, out var entry) || !entry.Actor.Equals(Sender))
        {
            return;
        }

        entry.OnTold(output.Sequence);
        if (entry.Told == RecordsBeforeLane)
        {
            entry.Lane = attached.Output.OpenLane();
            Sender.Tell(new ProcessProtocol.LaneOpened(attached.Epoch, entry.Lane));
        }
    }

    private void OnParked(ServiceProtocol.Parked parked)
    {
        if (_attached is { } attached && attached.Epoch == parked.Request.Epoch)
        {
            attached.Answers.Park(parked.Request.Ticket);
        }
    }

    private void OnStarted(ProcessProtocol.Started started)
    {
        if (_processes.TryGetValue(started.ProcessId, out var entry))
        {
            entry.Starting = false;
            RunDeferred(entry);
        }
    }

    private void OnStartFailed(ProcessProtocol.StartFailed failed)
    {
        if (_processes.TryGetValue(failed.ProcessId, out var entry) && entry.Actor.Equals(Sender))
        {
            entry.Starting = false;
            Remove(entry);
            RunDeferred(entry);
        }
    }

    private void OnForgotten(ProcessProtocol.Forgotten forgotten)
    {
        if (_processes.TryGetValue(forgotten.ProcessId, out var entry) && entry.Actor.Equals(Sender))
        {
            Remove(entry);
        }
    }

    private void OnHeld(ProcessProtocol.Held held)
    {
        if (_processes.TryGetValue(held.ProcessId, out var entry) && entry.Actor.Equals(Sender) && entry.Tombstone is null)
        {
            _shares.OnHeld(Sender, held);
        }
    }

    // Its place is free for another process. What is kept for reading is bounded too: beyond, the oldest goes before its time.
    private void OnClosed(ProcessProtocol.Closed closed)
    {
        if (_processes.TryGetValue(closed.ProcessId, out var entry) && entry.Actor.Equals(Sender))
        {
            MarkClosed(entry, closed.MemoryBytes);
        }
    }

    private void MarkClosed(ProcessEntry entry, long retainedBytes)
    {
        entry.ClosedWithBytes = retainedBytes;
        _closed.AddLast(entry);
        _closedBytes += retainedBytes;
        _environment.Processes.GiveBack(_environment.Principal);
        var limits = _environment.Settings.Limits;
        while (_closed.Count > limits.ClosedProcessesPerSession || (_closedBytes > limits.ClosedBytesPerSession && _closed.Count > 1))
        {
            Leave(_closed.First!.Value);
        }
    }

    // One whose client is behind still tells it everything. Until then it counts against new starts.
    private void Leave(ProcessEntry entry)
    {
        if (entry.Tombstone is not null)
        {
            Remove(entry);
            return;
        }

        _closed.Remove(entry);
        _closedBytes -= entry.ClosedWithBytes!.Value;
        entry.IsLeaving = true;
        _leaving++;
        _leavingBytes += entry.ClosedWithBytes.Value;
        entry.Actor.Tell(ProcessProtocol.Forget.Instance, Self);
    }

    // A poison pill, not a stop: what was routed to the actor before is answered by it first.
    private void Remove(ProcessEntry entry)
    {
        _processes.Remove(entry.ProcessId);
        if (entry.ClosedWithBytes is { } retainedBytes)
        {
            if (entry.IsLeaving)
            {
                _leaving--;
                _leavingBytes -= retainedBytes;
            }
            else
            {
                _closed.Remove(entry);
                _closedBytes -= retainedBytes;
            }
        }
        else
        {
            _environment.Processes.GiveBack(_environment.Principal);
        }

        _shares.Remove(entry.Actor);
        DropKept(entry.Actor);
        Timers.Cancel(entry);
        Context.Unwatch(entry.Actor);
        entry.Actor.Tell(PoisonPill.Instance);
    }

    // All of them before any that waits for a concurrent place: those came later.
    private void RunDeferred(ProcessEntry entry)
    {
        if (_attached is not { } attached)
        {
            DropDeferred(entry, epoch: null);
            return;
        }

        attached.HoldsQueued = true;
        while (entry.Deferred.TryDequeue(out var request))
        {
            Execute(attached, request.Ticket, request.Message); // of this attachment: a detach drops those of its own
        }

        attached.HoldsQueued = false;
        RunQueued(attached);
    }

    private void OnFailed(ProcessProtocol.Failed failed)
    {
        if (_processes.TryGetValue(failed.ProcessId, out var entry) && entry.Actor.Equals(Sender))
        {
            Bury(entry, failed);
        }
    }

    // The actor is gone without its last words: what was told is all that is known.
    private void OnTerminated(Terminated terminated)
    {
        var entry = _processes.Values.FirstOrDefault(candidate => candidate.Actor.Equals(terminated.ActorRef));
        if (entry is { Tombstone: null })
        {
            Bury(entry, new ProcessProtocol.Failed(entry.ProcessId, entry.LastTold + 1, ExitSequence: null, ExitCode: -1, CloseSequence: null));
        }
    }

    // Numbers the exit and the close in the place of the failed actor. An attached client gets them right after the last number it was
    // told: from a gap on it would wait for ever.
    private void Bury(ProcessEntry entry, ProcessProtocol.Failed failed)
    {
        SessionLog.ProcessFailed(_environment.Log, _id, entry.ProcessId);
        var wasStarting = entry.Starting;
        var next = entry.LastTold > 0 ? entry.LastTold + 1 : failed.NextSequence;
        if (_attached is { } attached)
        {
            attached.Active -= attached.Answers.FailAll(new RpcError(ErrorCodes.InternalError, FailureText), entry.Actor);
            if (!wasStarting)
            {
                TellLastNumbers(attached, entry, failed, ref next);
            }
        }
        else
        {
            next += (failed.ExitSequence is null ? 1UL : 0UL) + (failed.CloseSequence is null ? 1UL : 0UL);
        }

        entry.Starting = false;
        _shares.Remove(entry.Actor);
        DropKept(entry.Actor);
        if (wasStarting)
        {
            Remove(entry);
        }
        else
        {
            entry.Tombstone = new Tombstone(next, failed.ExitCode, FailureText);
            Timers.StartSingleTimer(entry, new TombstoneOver(entry), _environment.Settings.Process.Linger);
            if (entry.ClosedWithBytes is null)
            {
                MarkClosed(entry, retainedBytes: 0);
            }
        }

        RunDeferred(entry);
    }

    private static void TellLastNumbers(Attachment attached, ProcessEntry entry, ProcessProtocol.Failed failed, ref ulong next)
    {
        if (!WasTold(failed.ExitSequence))
        {
            using var exited = new FrameBuffer(256);
            WireWriter.Exited(exited, entry.ProcessId, next, failed.ExitCode, sandboxDenied: false);
            Tell(exited.Take(), next++);
        }

        if (!WasTold(failed.CloseSequence))
        {
            using var closed = new FrameBuffer(256);
            WireWriter.Closed(closed, entry.ProcessId, next);
            Tell(closed.Take(), next++);
        }

        // What was numbered may still have been in the actor's log. Told nothing since it came, this client reads what was before.
        bool WasTold(ulong? sequence) => sequence is { } number && (entry.LastTold == 0 || number <= entry.LastTold);

        void Tell(ByteLease frame, ulong sequence) =>
            attached.Output.Add(entry.Actor, new ProcessProtocol.Output(attached.Epoch, entry.ProcessId, sequence, frame, frame.Length));
    }
}
