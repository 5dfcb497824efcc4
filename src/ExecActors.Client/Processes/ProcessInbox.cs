using System.Threading.Channels;
using ExecActors.Client.Connections;

namespace ExecActors.Client.Processes;

/// <summary>Puts the events of one process in the order of their numbers and keeps its output until it is taken.</summary>
/// <remarks>
/// <see cref="Accept"/> belongs to the connection's reader; the rest may be called from any thread. A number that came before is dropped,
/// which is what a repetition after a reconnect needs; one that is ahead waits for those before it, up to a bound.
/// </remarks>
internal sealed class ProcessInbox(string processId, ReadGate gate)
{
    /// <summary>Events that may wait for one that is missing. A server that numbers without gaps never comes near.</summary>
    public const int MaxAhead = 1024;

    /// <summary>What a chunk costs beside its bytes, so that a flood of tiny ones is bounded too.</summary>
    private const int ChunkOverhead = 64;

    private readonly SortedDictionary<ulong, ProcessEvent> _ahead = [];
    private readonly Channel<OutputChunk> _output = Channel.CreateUnbounded<OutputChunk>(new() { SingleWriter = false }); // bounded by the gate
    private readonly TaskCompletionSource<int> _exitCode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _last;
    private long _queuedBytes;
    private volatile bool _discarding;

    /// <summary>Whether the close was reached.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The last number that was passed on, from which a later connection has to catch up.</summary>
    public ulong LastSequence => Volatile.Read(ref _last);

    /// <summary>Output that waits to be taken, with what its chunks cost.</summary>
    public long QueuedBytes => Interlocked.Read(ref _queuedBytes);

    /// <summary>Completes with the exit code once every event before the exit was passed on.</summary>
#pragma warning disable VSTHRD003 // completed by the connection's reader, which waits for nobody
    public Task<int> ExitCode => _exitCode.Task;
#pragma warning restore VSTHRD003

    /// <summary>Takes an event, and all that waited for it.</summary>
    public void Accept(in ProcessEvent arrived)
    {
        if (IsClosed)
        {
            return;
        }

        if (arrived.Sequence is not { } sequence)
        {
            EndWithoutNumber();
            return;
        }

        if (sequence <= _last)
        {
            return;
        }

        if (sequence > _last + 1)
        {
            Hold(sequence, arrived);
            return;
        }

        PassOn(arrived);
        while (_ahead.Remove(_last + 1, out var next))
        {
            PassOn(next);
        }
    }

    /// <summary>Gives the output in order until the close; each chunk goes to one reader.</summary>
    public async IAsyncEnumerable<OutputChunk> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _output.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_output.Reader.TryRead(out var chunk))
            {
                Release(chunk);
                yield return chunk;
            }
        }
    }

    /// <summary>Nothing more will come: what is queued can still be read, then the failure is thrown.</summary>
    public void Fail(Exception failure)
    {
        _output.Writer.TryComplete(failure);
        _exitCode.TrySetException(failure);
        _ = _exitCode.Task.Exception; // nobody has to ask for the exit code
    }

    /// <summary>Drops what is queued and what is still to come.</summary>
    public void Discard()
    {
        _discarding = true;
        Drain();
    }

    private void PassOn(in ProcessEvent next)
    {
        Volatile.Write(ref _last, _last + 1);
        if (next.Chunk is { } chunk)
        {
            Interlocked.Add(ref _queuedBytes, Cost(chunk));
            if (!_output.Writer.TryWrite(chunk))
            {
                Interlocked.Add(ref _queuedBytes, -Cost(chunk));
            }

            if (_discarding)
            {
                Drain();
            }
        }
        else if (next.ExitCode is { } code)
        {
            _exitCode.TrySetResult(code);
        }
        else
        {
            Close();
        }
    }

    private void Hold(ulong sequence, in ProcessEvent early)
    {
        _ahead.TryAdd(sequence, early);
        if (_ahead.Count > MaxAhead)
        {
            IsClosed = true;
            Fail(new ExecConnectionException(
                $"output of process {processId}", $"event {_last + 1} did not come, although {_ahead.Count} after it did; the output is incomplete"));
            _ahead.Clear();
        }
    }

    /// <summary>A server that does not number the close sends it after everything else.</summary>
    private void EndWithoutNumber()
    {
        foreach (var left in _ahead.Values.Where(left => !left.IsClose))
        {
            PassOn(left);
        }

        Close();
    }

    private void Close()
    {
        IsClosed = true;
        _ahead.Clear();
        _output.Writer.TryComplete();
        if (!_exitCode.Task.IsCompleted)
        {
            Fail(new ExecConnectionException($"exit code of process {processId}", "the server closed the process without telling its exit code"));
        }
    }

    private void Drain()
    {
        while (_output.Reader.TryRead(out var dropped))
        {
            Release(dropped);
        }
    }

    private void Release(in OutputChunk chunk) => gate.OnTaken(Interlocked.Add(ref _queuedBytes, -Cost(chunk)) + Cost(chunk));

    private static long Cost(in OutputChunk chunk) => chunk.Bytes.Length + ChunkOverhead;
}
