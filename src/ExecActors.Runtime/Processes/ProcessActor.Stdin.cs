using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>process/write: protocol section 8.4. Accepted means: in the queue or in the pipe.</content>
internal sealed partial class ProcessActor
{
    private readonly WriteIdMemory _writeIds;
    private readonly Queue<ByteLease> _stdinQueue = new();
    private readonly Queue<ParkedWrite> _parkedWrites = new();
    private int _stdinHeadTaken; // bytes of the queue's first lease that are in the pipe
    private long _stdinQueued;
    private bool _stdinClosing; // close once the queue is empty
    private bool _stdinGone;

    private bool StdinTakesBytes => _order.Spec.Io != ProcessIo.Pipes && !_stdinClosing && !_stdinGone;

    private void OnWrite(Write write)
    {
        if (!write.Bytes.TryDecode(out var bytes, out var error))
        {
            Reply(write.Request, AnswerFrames.Error(write.Request.Id, error));
            return;
        }

        var parked = new ParkedWrite(write, bytes);
        var mustWait = _parkedWrites.Count > 0 || (_stdinQueued > 0 && _stdinQueued + bytes.Length > _environment.Settings.StdinQueueBytes);
        if (mustWait && StdinTakesBytes)
        {
            _parkedWrites.Enqueue(parked);
            Park(write.Request);
            return;
        }

        Accept(parked);
    }

    private void Accept(ParkedWrite parked)
    {
        var (write, bytes) = parked;
        switch (_writeIds.Look(write.WriteId, bytes.Span, write.CloseStdin))
        {
            case WriteIdMemory.Verdict.Repeated:
                bytes.Dispose();
                ReplyWrite(write.Request, WriteStatus.Accepted);
                return;
            case WriteIdMemory.Verdict.Conflicting:
                bytes.Dispose();
                Reply(write.Request, AnswerFrames.Error(write.Request.Id, ConflictingWriteId(write.WriteId)));
                return;
            case WriteIdMemory.Verdict.New:
                break;
            default:
                throw new InvalidOperationException("a write id is new, repeated or conflicting");
        }

        if (write.CloseStdin && _order.Spec.Io == ProcessIo.Terminal)
        {
            bytes.Dispose();
            Reply(write.Request, AnswerFrames.Error(write.Request.Id, CloseStdinOfTerminal));
            return;
        }

        if (!StdinTakesBytes)
        {
            bytes.Dispose();
            ReplyWrite(write.Request, WriteStatus.StdinClosed);
            return;
        }

        // Remembered before the bytes move on: the lease may be gone once they are in the pipe.
        _writeIds.Remember(write.WriteId, bytes.Span, write.CloseStdin);
        _stdinClosing = write.CloseStdin;
        if (bytes.Length == 0)
        {
            bytes.Dispose();
        }
        else
        {
            _stdinQueued += bytes.Length;
            _stdinQueue.Enqueue(bytes);
        }

        if (!PushStdin())
        {
            _writeIds.Forget(write.WriteId);
            ReplyWrite(write.Request, WriteStatus.StdinClosed);
            return;
        }

        ReplyWrite(write.Request, WriteStatus.Accepted);
    }

    private void OnStdinReady()
    {
        if (_child is null || _stdinGone)
        {
            return;
        }

        PushStdin();
        AcceptParked();
    }

    private void AcceptParked()
    {
        while (_parkedWrites.TryPeek(out var next)
            && (_stdinQueued == 0 || !StdinTakesBytes || _stdinQueued + next.Bytes.Length <= _environment.Settings.StdinQueueBytes))
        {
            Accept(_parkedWrites.Dequeue());
        }
    }

    /// <returns>False when nobody reads any more, so that the bytes can never arrive.</returns>
    private bool PushStdin()
    {
        while (_stdinQueue.TryPeek(out var head))
        {
            var rest = head.Span[_stdinHeadTaken..];
            var taken = _child!.TryWrite(rest);
            if (taken < 0)
            {
                OnStdinGone();
                return false;
            }

            _stdinQueued -= taken;
            if (taken < rest.Length)
            {
                _stdinHeadTaken += taken;
                return true; // StdinReady follows
            }

            _stdinHeadTaken = 0;
            _stdinQueue.Dequeue().Dispose();
        }

        if (_stdinClosing && !_stdinGone)
        {
            _stdinGone = true;
            _child!.CloseStdin();
        }

        return true;
    }

    // Nobody reads any more: what was accepted is lost, as it is when a program exits with input unread; what waits is told so.
    private void OnStdinGone()
    {
        _stdinGone = true;
        ClearStdinQueue();
        while (_parkedWrites.TryDequeue(out var parked))
        {
            Accept(parked);
        }
    }

    private void DropStdin()
    {
        ClearStdinQueue();
        while (_parkedWrites.TryDequeue(out var parked))
        {
            parked.Bytes.Dispose();
        }
    }

    private void ClearStdinQueue()
    {
        while (_stdinQueue.TryDequeue(out var lease))
        {
            lease.Dispose();
        }

        _stdinQueued = 0;
        _stdinHeadTaken = 0;
    }

    private void ReplyWrite(in RequestRef request, string status)
    {
        using var buffer = new FrameBuffer(128);
        WireWriter.WriteResult(buffer, request.Id, status);
        Reply(request, buffer.Take());
    }

    private static RpcError ConflictingWriteId(string writeId) => new(
        ErrorCodes.InvalidParams, $"writeId {writeId} was accepted before with other bytes; use a new writeId for new bytes");

    private static RpcError CloseStdinOfTerminal { get; } = new(
        ErrorCodes.InvalidParams, "closeStdin is for piped stdin; write byte 4 (end of file) to a terminal");

    private sealed record ParkedWrite(Write Write, ByteLease Bytes);
}
