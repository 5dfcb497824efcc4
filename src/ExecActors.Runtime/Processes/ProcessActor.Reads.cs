using Akka.Actor;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>process/read: protocol section 8.3.</content>
internal sealed partial class ProcessActor
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly List<Read> _waitingReads = [];

    private void OnRead(Read read)
    {
        OnConfirmed(read.Params.AfterSeq);
        if (read.Params.WaitMs == 0 || HasNews(read.Params.AfterSeq))
        {
            AnswerRead(read);
            return;
        }

        _waitingReads.Add(read);
        var wait = TimeSpan.FromMilliseconds(Math.Min(read.Params.WaitMs, LongestTimer.TotalMilliseconds));
        Timers.StartSingleTimer(read, new ReadDeadline(read), wait);
        Park(read.Request);
    }

    private void OnReadDeadline(ReadDeadline deadline)
    {
        if (_waitingReads.Remove(deadline.Read))
        {
            AnswerRead(deadline.Read);
        }
    }

    private void AnswerSatisfiedReads()
    {
        for (var i = 0; i < _waitingReads.Count;)
        {
            var read = _waitingReads[i];
            if (HasNews(read.Params.AfterSeq))
            {
                _waitingReads.RemoveAt(i);
                Timers.Cancel(read);
                AnswerRead(read);
            }
            else
            {
                i++;
            }
        }
    }

    private void DropReads(long epoch)
    {
        for (var i = _waitingReads.Count - 1; i >= 0; i--)
        {
            if (_waitingReads[i].Request.Epoch == epoch)
            {
                Timers.Cancel(_waitingReads[i]);
                _waitingReads.RemoveAt(i);
            }
        }

        DropPutOff(epoch);
    }

    // A newer chunk, the close, or an exit not seen yet. With the exit already seen it waits on, for late output or the close.
    private bool HasNews(ulong afterSeq)
    {
        if (_closed || (_exit is not null && afterSeq < _log.NextSequence - 1))
        {
            return true;
        }

        return afterSeq < _lastChunk;
    }

    private sealed record ReadDeadline(Read Read) : INoSerializationVerificationNeeded;
}
