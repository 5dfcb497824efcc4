using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using static ExecActors.Runtime.Frames.ServiceProtocol;
using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>From the pipes into the log, and from the log to the attached connection.</content>
internal sealed partial class ProcessActor
{
    private const long NotAttached = 0;
    private const int NotificationOverhead = 160;
    private const int PendingLimit = 4 * 1024 * 1024;

    private readonly List<OpenStream> _streams = [];
    private long _attachment;
    private ulong _live = 1; // the next record the attached connection gets
    private OutputLane? _lane; // past the session; null while there is none
    private int _inTurn; // handed to the session, not yet admitted
    private ulong _lastChunk; // the number of the newest chunk; 0 for none
    private ulong _shownTo; // the highest number that anybody was shown: those above may still grow

    private void OpenStreams()
    {
        if (_order.Spec.Io == ProcessIo.Terminal)
        {
            _streams.Add(new OpenStream(OutputStreamKind.Terminal));
        }
        else
        {
            _streams.Add(new OpenStream(OutputStreamKind.Stdout));
            _streams.Add(new OpenStream(OutputStreamKind.Stderr));
        }
    }

    private void GrantInitialCredit()
    {
        foreach (var stream in _streams)
        {
            _child!.GrantRead(stream.Kind, _environment.Settings.ReadAheadBytes);
        }
    }

    private void OnOutputRead(OutputRead read)
    {
        var length = read.Bytes.Length;
        var stream = _streams.Find(open => open.Kind == read.Stream);
        if (stream is null || _closed)
        {
            read.Bytes.Dispose(); // read before the output was abandoned
            return;
        }

        _log.Append(read.Stream, read.Bytes, _shownTo);
        _lastChunk = _log.NextSequence - 1;
        stream.Owed += length;
        OnRecordAdded();
        GrantOwed();
    }

    private void OnRecordAdded()
    {
        if (_attachment == NotAttached)
        {
            _live = _log.NextSequence;
            OnDetachedLogChanged();
        }
        else
        {
            Pump();
            SettleLog();
        }

        AnswerSatisfiedReads();
    }

    private void OnAdmitted(Admitted admitted)
    {
        if (admitted.Epoch == _attachment)
        {
            _inTurn -= admitted.Bytes;
            Pump();
            SettleLog();
            GrantOwed();
            ForgetIfTold();
        }
    }

    private void OnLaneOpened(LaneOpened opened)
    {
        if (opened.Epoch == _attachment)
        {
            _lane = opened.Lane;
        }
    }

    // One record becomes one notification. What is handed to the session and not yet admitted is bounded, so that a loud process
    // has its backlog in its own log and not in the session's queues. Exit and close go through the session always: the answer to a terminate,
    // which does, comes before them.
    private void Pump()
    {
        while (_attachment != NotAttached && _inTurn < _environment.Settings.TurnBytes && _log.TryGet(_live, out var record))
        {
            var frame = Notification(record);
            _shownTo = record.Sequence;
            _live++;
            if (_inTurn > 0 || record.Kind != OutputRecordKind.Chunk || _lane?.TryTell(frame, record.Sequence) != true)
            {
                _inTurn += frame.Length;
                Context.Parent.Tell(new Output(_attachment, _order.ProcessId, record.Sequence, frame, frame.Length), Self);
            }
        }
    }

    private ByteLease Notification(in OutputRecord record)
    {
        using var buffer = new FrameBuffer(NotificationOverhead + _order.ProcessId.Length + (record.Length * 4 / 3));
        switch (record.Kind)
        {
            case OutputRecordKind.Chunk:
                WireWriter.Output(buffer, _order.ProcessId, record.Sequence, StreamName(record.Stream), BytesOf(record));
                break;
            case OutputRecordKind.Exit:
                WireWriter.Exited(buffer, _order.ProcessId, record.Sequence, _exit?.Code ?? -1, _sandboxDenied);
                break;
            case OutputRecordKind.Close:
                WireWriter.Closed(buffer, _order.ProcessId, record.Sequence);
                break;
            default:
                throw new InvalidOperationException($"a record of kind {record.Kind} cannot be told");
        }

        return buffer.Take();
    }

    // A client that is behind slows its own process: no credit, no reading, and the pipe fills. So does a log that is full of what is owed,
    // and a disk that is slower than the process.
    private bool MayRead
    {
        get
        {
            if (_log.PendingBytes >= PendingLimit)
            {
                return false;
            }

            return _attachment == NotAttached
                ? _stallOver || !_log.IsFull(_owedFrom)
                : _log.End - _log.PositionOf(_live) < _environment.Settings.LagBytes && (_caughtUp || !_log.IsFull(_owedFrom));
        }
    }

    private void GrantOwed()
    {
        if (!MayRead)
        {
            return;
        }

        foreach (var stream in _streams)
        {
            if (stream.Owed > 0)
            {
                _child!.GrantRead(stream.Kind, stream.Owed);
                stream.Owed = 0;
            }
        }
    }

    private ReadOnlySpan<byte> BytesOf(in OutputRecord record) => _log.TryBytes(record, out var bytes)
        ? bytes
        : throw new InvalidOperationException($"record {record.Sequence} left memory before it was told");

    private static ReadOnlySpan<byte> StreamName(OutputStreamKind stream) => stream switch
    {
        OutputStreamKind.Stdout => "stdout"u8,
        OutputStreamKind.Stderr => "stderr"u8,
        OutputStreamKind.Terminal => "pty"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(stream), stream, message: null),
    };

    /// <summary>A stream that has not ended, and the credit used up and not granted again.</summary>
    private sealed class OpenStream(OutputStreamKind kind)
    {
        public OutputStreamKind Kind => kind;

        public int Owed { get; set; }
    }
}
