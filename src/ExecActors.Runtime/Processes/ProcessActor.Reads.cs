using Akka.Actor;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>process/read: protocol section 8.3.</content>
internal sealed partial class ProcessActor
{
    private const int ReadOverhead = 256;
    private const int ChunkOverhead = 64;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly List<Read> _waitingReads = [];

    private void OnRead(Read read)
    {
        if (read.Params.WaitMs == 0 || HasNews(read.Params.AfterSeq))
        {
            Reply(read.Request, ReadAnswer(read));
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
            Reply(deadline.Read.Request, ReadAnswer(deadline.Read));
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
                Reply(read.Request, ReadAnswer(read));
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

    private Platform.ByteLease ReadAnswer(Read read)
    {
        var parameters = read.Params;
        var first = Math.Max(parameters.AfterSeq == ulong.MaxValue ? ulong.MaxValue : parameters.AfterSeq + 1, _log.FirstSequence);
        var end = first;
        long size = 0;
        var count = 0;
        var lastChunk = 0UL;

        // The first chunk always goes whole; later ones only within the budget.
        while (_log.TryGet(end, out var record))
        {
            if (record.Kind == OutputRecordKind.Chunk)
            {
                if (count > 0 && parameters.MaxBytes is { } budget && (ulong)(size + record.Length) > budget)
                {
                    break;
                }

                size += record.Length;
                count++;
                lastChunk = record.Sequence;
            }

            end++;
        }

        using var buffer = new FrameBuffer(ReadOverhead + (int)(size * 4 / 3) + (count * ChunkOverhead));
        WireWriter.BeginReadResult(buffer, read.Request.Id);
        var isFirst = true;
        for (var sequence = first; count > 0 && sequence <= lastChunk; sequence++)
        {
            if (_log.TryGet(sequence, out var record) && record.Kind == OutputRecordKind.Chunk)
            {
                WireWriter.ReadChunk(buffer, isFirst, record.Sequence, StreamName(record.Stream), record.Bytes);
                isFirst = false;
            }
        }

        var next = parameters.MaxBytes is not null && count > 0 ? lastChunk + 1 : _log.NextSequence;
        ulong? firstKept = parameters.AfterSeq + 1 < _log.FirstSequence && parameters.AfterSeq != ulong.MaxValue ? _log.FirstSequence : null;
        WireWriter.EndReadResult(
            buffer, next, exited: _exit is not null, _exit?.Code, _closed, failure: null, _sandboxDenied, firstKept);
        return buffer.Take();
    }

    private sealed record ReadDeadline(Read Read) : INoSerializationVerificationNeeded;
}
