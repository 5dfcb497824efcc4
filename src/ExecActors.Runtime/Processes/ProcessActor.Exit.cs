using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sandbox;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>Signals, and the way from the leader's end to the last number.</content>
internal sealed partial class ProcessActor
{
    private ExitStatus? _exit;
    private ulong? _exitSequence;
    private bool _sandboxDenied;
    private bool _terminated;
    private bool _closed;
    private bool _lingerOver;

    private void OnSignal(Signal signal)
    {
        if (_exit is null)
        {
            _child!.SignalGroup(signal.Number);
        }

        Reply(signal.Request, AnswerFrames.Empty(signal.Request.Id));
    }

    private void OnTerminate(Terminate terminate)
    {
        var running = _exit is null;
        if (!_closed)
        {
            // With all that descends from it: a shell that forked leaves its children running otherwise. After the leader's exit this ends
            // what it left behind, which holds the streams open.
            _child!.EndAll();
            _terminated = true;
        }

        ReplyTerminate(terminate.Request, running);
        if (!running && !_closed)
        {
            AbandonOutput();
            CloseIfDone();
        }
    }

    private void OnOutputEnded(OutputEnded ended)
    {
        _streams.RemoveAll(open => open.Kind == ended.Stream);
        CloseIfDone();
    }

    private void OnExited(Exited exited)
    {
        _exit = exited.Status;
        _sandboxDenied = _order.Spec.Sandbox is not null && LooksDenied(exited.Status.Code);
        _exitSequence = _log.NextSequence;
        _log.AppendExit();
        OnRecordAdded();
        if (!_stdinGone)
        {
            OnStdinGone();
        }

        // A terminated process is done: a stranger that left its group may hold the pipe for ever.
        if (_terminated)
        {
            AbandonOutput();
        }

        CloseIfDone();
    }

    private bool LooksDenied(int exitCode)
    {
        var guess = new DenialGuess(exitCode);
        for (var sequence = _log.FirstSequence; guess.IsOpen && _log.TryGet(sequence, out var record); sequence++)
        {
            if (_log.TryBytes(record, out var bytes))
            {
                guess.Feed(bytes); // the end of long output is what counts: a file is not read for a guess
            }
        }

        return guess.IsDenied;
    }

    private void AbandonOutput()
    {
        _child!.AbandonOutput();
        _streams.Clear();
    }

    private void CloseIfDone()
    {
        if (_exit is null || _streams.Count > 0 || _closed)
        {
            return;
        }

        _closed = true;
        _log.AppendClose();
        OnRecordAdded();
        _child!.Release();
        Context.Parent.Tell(new Closed(_order.ProcessId, _log.MemoryBytes), Self);
        Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, _environment.Settings.Linger);
    }

    private void OnLingerOver()
    {
        _lingerOver = true;
        ForgetIfTold();
    }

    // A client that is slow to take the last output is still owed it, and the close behind it, and the answers to what it asked.
    private void ForgetIfTold()
    {
        if (_lingerOver && (_attachment == NotAttached || _live == _log.NextSequence) && _reading is null && _putOff.Count == 0)
        {
            Context.Parent.Tell(new Forgotten(_order.ProcessId), Self);
        }
    }

    private void ReplyTerminate(in RequestRef request, bool running)
    {
        using var buffer = new FrameBuffer(128);
        WireWriter.TerminateResult(buffer, request.Id, running);
        Reply(request, buffer.Take());
    }
}
