using System.Buffers;
using System.IO.Pipelines;
using ExecActors.Runtime;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Hosting.Transports;

/// <summary>One connection over a pair of streams that can only block: a program's standard input and output.</summary>
/// <remarks>
/// Reading and writing have a thread each, joined to the asynchronous side by a pipe of bounded size: input stops being read when nobody takes
/// it, and a send waits when nobody reads our output. Whoever made the streams owns them. A read that blocks cannot be interrupted, so the
/// reading thread ends with the input or with the program; it is a background thread and delays no exit.
/// </remarks>
internal sealed class StdioFrameTransport : IFrameTransport
{
    private const int QueuedBytes = 256 * 1024;
    private const int BatchBytes = 64 * 1024;

    private readonly Pipe _input = new(PipeSettings(PipeScheduler.Inline));
    private readonly Pipe _output = new(PipeSettings(PipeScheduler.ThreadPool));
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private readonly Task _written;
    private int _gathered;
    private volatile string? _endReason;
    private int _disposed;

    /// <summary>Starts reading at once.</summary>
    /// <param name="input">Read on a thread of its own until its end.</param>
    /// <param name="output">Written and flushed on a thread of its own.</param>
    /// <param name="closeTimeout">How long disposing waits for queued frames to be written.</param>
    /// <param name="time">The clock of that wait.</param>
    public StdioFrameTransport(Stream input, Stream output, TimeSpan closeTimeout, TimeProvider time)
    {
        _closeTimeout = closeTimeout;
        _time = time;
        BlockingPump.StartReading(input, _input.Writer);
        _written = WriteOutAsync(output);
    }

    /// <summary>Why no more could be read; null at an end that the peer made.</summary>
    public IOException? InputFailure { get; private set; }

    /// <inheritdoc/>
    public string Peer => "stdio";

    /// <inheritdoc/>
    public Principal Principal => Principal.Stdio;

    /// <inheritdoc/>
    public FrameDelimiter Delimiter => FrameDelimiter.Newline;

    /// <summary>Opens the program's own standard input and output, unbuffered and without closing them at the end.</summary>
    /// <exception cref="IOException">One of them is not open.</exception>
#pragma warning disable CA2000 // the streams own nothing: the descriptors stay open as long as the program
    public static StdioFrameTransport OpenStandardStreams(TimeSpan closeTimeout, TimeProvider time) =>
        new(StandardStreams.OpenInput(), StandardStreams.OpenOutput(), closeTimeout, time);
#pragma warning restore CA2000

    /// <inheritdoc/>
    public async ValueTask<ReceiveOutcome> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ReadResult read;
        try
        {
            read = await _input.Reader.ReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ReceiveOutcome.End("closed by the server");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            InputFailure = new IOException($"standard input failed: {e.Message}", e);
            return ReceiveOutcome.End(InputFailure.Message);
        }

        if (_endReason is not null || read.Buffer.IsEmpty)
        {
            _input.Reader.AdvanceTo(read.Buffer.Start);
            return _endReason is { } reason ? ReceiveOutcome.End(reason) : ReceiveOutcome.EndOfInput("end of input");
        }

        var count = (int)Math.Min(read.Buffer.Length, buffer.Length);
        var taken = read.Buffer.Slice(0, count);
        taken.CopyTo(buffer.Span);
        _input.Reader.AdvanceTo(taken.End); // the sequence is no longer ours
        return ReceiveOutcome.Bytes(count, endOfFrame: false);
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken)
    {
        while (frame.Length >= BatchBytes)
        {
            Gather(frame.Span[..BatchBytes]); // in pieces: the pipe would keep memory for a long frame as a whole
            frame = frame[BatchBytes..];
            await FlushAsync(cancellationToken);
        }

        Gather(frame.Span);
        Gather("\n"u8);
        if (!more || _gathered >= BatchBytes)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A pipe cannot say a reason: what was sent is written out, and nothing more is. A receive under way ends: no answer will come.</remarks>
    public async ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await _output.Writer.CompleteAsync();
            await _written.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The reader of our output does not take it; the program ends without it.
        }

        EndReceiving("closed by the server");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        using var bound = new CancellationTokenSource(_closeTimeout, _time);
        await CloseAsync(CloseReason.ServerShutdown, bound.Token);
        await _input.Reader.CompleteAsync();
    }

    private void Gather(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.Writer.GetSpan(bytes.Length));
        _output.Writer.Advance(bytes.Length);
        _gathered += bytes.Length;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _gathered = 0;
        var flushed = await _output.Writer.FlushAsync(cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new IOException("stdio is gone: standard output was closed by its reader");
        }
    }

    // A peer that does not read its answers is gone, whether or not it keeps our input open; nothing may be left to send that would show it.
    private async Task WriteOutAsync(Stream output)
    {
        if (await BlockingPump.StartWritingAsync(_output.Reader, output) is { } gone)
        {
            EndReceiving(gone.Message);
        }
    }

    private void EndReceiving(string reason)
    {
        _endReason ??= reason;
        _input.Reader.CancelPendingRead();
    }

    // Whoever waits for input goes on right on the reading thread (it only enqueues for an actor): one thread wake-up less for a message.
    private static PipeOptions PipeSettings(PipeScheduler reader) => new(
        readerScheduler: reader,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: QueuedBytes,
        resumeWriterThreshold: QueuedBytes / 2,
        minimumSegmentSize: BatchBytes,
        useSynchronizationContext: false);
}
