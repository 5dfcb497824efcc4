using Akka.Dispatch;

using ExecActors.Platform;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>The log's file. Workers write, read and close it; each job is answered by a message, and one write is under way at a time.</content>
internal sealed partial class ProcessActor
{
    private const long ReserveStep = 4 * 1024 * 1024;
    private const int HeldStepMemory = 256 * 1024;
    private const int HeldStepFile = 4 * 1024 * 1024;

    private LogFile? _file;
    private long _reserved; // of the server's disk space
    private (long Memory, long File) _held; // as last told to the session

    // After every change of the log: what may go goes, what must be written is on its way, and the session knows how much there is.
    private void SettleLog()
    {
        _log.Evict(NeededFrom, _attachment == NotAttached ? _log.NextSequence : _live);
        if (_log.TryTakeBatch(out var batch))
        {
            Write(batch!);
        }

        TellHeld();
    }

    private void Write(SpillBatch batch)
    {
        var circle = Math.Max(batch.Circle, 1);
        while (OutputLog.FileBytesAfter(batch) > _reserved)
        {
            var step = Math.Min(ReserveStep, circle - _reserved);
            if (!_environment.Disk.TryTake(step))
            {
                OnDiskSpent();
                return;
            }

            _reserved += step;
        }

        _file ??= new LogFile(_environment.Spill);
        _workers.Output.Run(new SpillWrite(_file, batch, Self));
    }

    // The server's disk space is used up: this log does with what it has, or with its ring.
    private void OnDiskSpent()
    {
        _log.GiveUpBatch();
        if (_reserved / 4 * 3 <= _log.RingLimit)
        {
            Degrade("the disk space for output is used up (output.spill-bytes)");
            return;
        }

        _log.Limit(_log.RingLimit, _reserved / 4 * 3); // the next batch is taken when so much of the oldest has gone that it has room for certain
        _log.Evict(NeededFrom, _attachment == NotAttached ? _log.NextSequence : _live);
    }

    private void OnSpilled(Spilled done)
    {
        if (!_log.Spills)
        {
            return; // it failed for a read meanwhile
        }

        if (done.Errno != 0)
        {
            Degrade(OsError.Describe(done.Errno));
        }
        else
        {
            _log.Written(done.Batch);
            GiveDiskBack();
        }

        SettleLog();
        GrantOwed();
    }

    private void GiveDiskBack()
    {
        var unused = (_reserved - _log.FileBytes) / ReserveStep * ReserveStep;
        if (unused > ReserveStep)
        {
            _reserved -= unused - ReserveStep;
            _environment.Disk.GiveBack(unused - ReserveStep);
        }
    }

    // What was in the file only is lost, and reads say so; the process goes on.
    private void Degrade(string why)
    {
        var before = _log.FirstSequence;
        _log.Degrade();
        ProcessLog.SpillFailed(_environment.Log, _order.ProcessId, why, before, _log.FirstSequence);
        CloseFile();
    }

    private void CloseFile()
    {
        _environment.Disk.GiveBack(_reserved);
        _reserved = 0;
        if (_file is not { } file)
        {
            return;
        }

        _file = null;
        try
        {
            _workers.Output.Run(new SpillClose(file));
        }
        catch (RejectedExecutionException)
        {
            file.Dispose(); // the actor system ends, and its workers have ended before
        }
    }

    private void TellHeld()
    {
        // The ring: what waits for the disk comes and goes with each batch, and is bounded by itself.
        var (memory, file) = (Math.Min(_log.MemoryBytes, _log.RingLimit), _log.FileBytes);
        if (Math.Abs(memory - _held.Memory) >= HeldStepMemory || Math.Abs(file - _held.File) >= HeldStepFile)
        {
            _held = (memory, file);
            Context.Parent.Tell(new Held(_order.ProcessId, memory, file), Self);
        }
    }

    private void OnLimit(Limit limit)
    {
        _log.Limit(limit.RingBytes, limit.SpillBytes);
        SettleLog();
        GrantOwed();
    }

    /// <summary>A worker has carried a batch out, or could not: then errno says why.</summary>
    internal sealed record Spilled(SpillBatch Batch, int Errno) : Akka.Actor.INoSerializationVerificationNeeded;
}
