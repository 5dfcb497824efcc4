using Akka.Actor;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>
/// Answers to process/read, from memory at once, or from the file by way of a worker: then one at a time, in order, and what stands in the answer
/// is kept until it is made. Those that come while the client does not take its answers wait, in the same order.
/// </content>
internal sealed partial class ProcessActor
{
    private const int ReadOverhead = 256;
    private const int ChunkOverhead = 64;

    /// <summary>Most of one answer, in bytes of payload and overhead: base64 makes less than 12 MiB of it, which every client takes.</summary>
    private const long AnswerBytes = 8 * 1024 * 1024;

    private readonly Queue<Read> _putOff = new();
    private (Read Read, ReadPlan Plan)? _reading;

    private void AnswerRead(Read read)
    {
        if (_reading is null && _putOff.Count == 0 && !read.Request.Window.MustWait()
            && PlanOf(read.Params) is var plan && plan.FileTo <= plan.FileFrom)
        {
            Reply(read.Request, ReadAnswer(read, plan, []));
            OnAnswered(plan.Next);
            return;
        }

        _putOff.Enqueue(read);
        Park(read.Request);
        ReadNext();
    }

    private void ReadNext()
    {
        while (_reading is null && _putOff.TryPeek(out var read) && !read.Request.Window.MustWait())
        {
            _putOff.Dequeue();
            var plan = PlanOf(read.Params);
            if (plan.FileTo <= plan.FileFrom)
            {
                Reply(read.Request, ReadAnswer(read, plan, []));
                OnAnswered(plan.Next);
                continue;
            }

            _reading = (read, plan);
            _shownTo = Math.Max(_shownTo, plan.Next - 1);
            _log.Pin(plan.First);
            _workers.Output.Run(new SpillRead(_file!, plan.FileFrom, (int)(plan.FileTo - plan.FileFrom), _log.Circle, Self));
        }
    }

    private void OnReadBack(ReadBack back)
    {
        using var bytes = back.Bytes;
        var (read, plan) = _reading!.Value;
        _reading = null;
        _log.Unpin();
        var isLost = back.Errno != 0 || !_log.Spills;
        if (isLost && _log.Spills)
        {
            Degrade(OsError.Describe(back.Errno));
        }

        // Else nobody hears it any more, and whoever came since has had none of it.
        if (read.Request.Epoch == _attachment)
        {
            if (isLost)
            {
                AnswerRead(read);
            }
            else
            {
                Reply(read.Request, ReadAnswer(read, plan, bytes.Span));
                OnAnswered(plan.Next);
            }
        }

        ReadNext();
        SettleLog();
        GrantOwed();
        ForgetIfTold();
    }

    private void OnAnswersTaken()
    {
        ReadNext();
        ForgetIfTold();
    }

    // The process is forgotten, or what is left of it, with reads that wait.
    private void AnswerWaitingReads()
    {
        if (_reading is { } reading)
        {
            Reply(reading.Read.Request, AnswerFrames.Error(reading.Read.Request.Id, Errors.UnknownProcess(_order.ProcessId)));
        }

        while (_putOff.TryDequeue(out var read))
        {
            Reply(read.Request, AnswerFrames.Error(read.Request.Id, Errors.UnknownProcess(_order.ProcessId)));
        }
    }

    private void DropPutOff(long epoch)
    {
        for (var left = _putOff.Count; left > 0; left--)
        {
            var read = _putOff.Dequeue();
            if (read.Request.Epoch != epoch)
            {
                _putOff.Enqueue(read);
            }
        }
    }

    // Which records an answer has. The first chunk always goes whole; later ones only within the client's budget and within our own.
    private ReadPlan PlanOf(ProcessReadParams parameters)
    {
        var first = Math.Max(parameters.AfterSeq == ulong.MaxValue ? ulong.MaxValue : parameters.AfterSeq + 1, _log.FirstSequence);
        long size = 0;
        var count = 0;
        var lastChunk = 0UL;
        var isCut = false;
        for (var sequence = first; _log.TryGet(sequence, out var record); sequence++)
        {
            if (record.Kind != OutputRecordKind.Chunk)
            {
                continue;
            }

            if (count > 0)
            {
                isCut = size + record.Length + (count * (long)ChunkOverhead) > AnswerBytes;
                if (isCut || (parameters.MaxBytes is { } budget && (ulong)(size + record.Length) > budget))
                {
                    break;
                }
            }

            size += record.Length;
            count++;
            lastChunk = record.Sequence;
        }

        var next = count > 0 && (isCut || parameters.MaxBytes is not null) ? lastChunk + 1 : _log.NextSequence;
        var (from, to) = count > 0 ? (_log.PositionOf(first), Math.Min(_log.PositionOf(lastChunk + 1), _log.MemoryFrom)) : (0, 0);
        return new ReadPlan(first, lastChunk, next, isCut, size, count, from, to);
    }

    private ByteLease ReadAnswer(Read read, in ReadPlan plan, ReadOnlySpan<byte> fromFile)
    {
        using var buffer = new FrameBuffer(ReadOverhead + (int)(plan.Size * 4 / 3) + (plan.Count * ChunkOverhead));
        WireWriter.BeginReadResult(buffer, read.Request.Id);
        var isFirst = true;
        for (var sequence = plan.First; plan.Count > 0 && sequence <= plan.LastChunk; sequence++)
        {
            if (_log.TryGet(sequence, out var record) && record.Kind == OutputRecordKind.Chunk)
            {
                var bytes = record.Position < plan.FileTo
                    ? fromFile.Slice((int)(record.Position - plan.FileFrom), record.Length)
                    : BytesOf(record);
                WireWriter.ReadChunk(buffer, isFirst, record.Sequence, StreamName(record.Stream), bytes);
                isFirst = false;
            }
        }

        _shownTo = Math.Max(_shownTo, plan.Next - 1);

        // An answer that we cut short says of the end only what it reaches: who asked for everything may take it for everything.
        var exited = _exit is not null && !(plan.IsCut && _exitSequence >= plan.Next);
        var closed = _closed && !plan.IsCut;
        var parameters = read.Params;
        ulong? firstKept = parameters.AfterSeq != ulong.MaxValue && parameters.AfterSeq + 1 < plan.First ? plan.First : null;
        WireWriter.EndReadResult(
            buffer, plan.Next, exited, exited ? _exit?.Code : null, closed, failure: null, exited && _sandboxDenied, firstKept);
        return buffer.Take();
    }

    /// <summary>A worker has read, or could not: then errno says why. The lease is the actor's.</summary>
    internal sealed record ReadBack(ByteLease Bytes, int Errno) : INoSerializationVerificationNeeded;

    /// <summary>What an answer will have.</summary>
    /// <param name="First">The lowest number it may have.</param>
    /// <param name="LastChunk">The highest it has.</param>
    /// <param name="Next">The number it names as the next.</param>
    /// <param name="IsCut">Whether it was cut short by our bound.</param>
    /// <param name="Size">Bytes of its chunks.</param>
    /// <param name="Count">How many these are.</param>
    /// <param name="FileFrom">The position of the first byte that is in the file only.</param>
    /// <param name="FileTo">The position after the last; not above <paramref name="FileFrom"/> for none.</param>
    private readonly record struct ReadPlan(
        ulong First, ulong LastChunk, ulong Next, bool IsCut, long Size, int Count, long FileFrom, long FileTo);
}
