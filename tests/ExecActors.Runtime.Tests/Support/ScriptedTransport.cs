using System.Text;
using System.Threading.Channels;

using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>A piece of what a peer sends.</summary>
/// <param name="Bytes">May be empty.</param>
/// <param name="EndOfFrame">Whether it completes a message; without meaning where newlines do.</param>
/// <param name="IsLate">Whether its receive completes later, on another thread, rather than at once.</param>
/// <param name="Expected">Bytes that its frame announces behind it.</param>
internal sealed record Piece(ReadOnlyMemory<byte> Bytes, bool EndOfFrame, bool IsLate = false, long Expected = 0);

/// <summary>A socket without a network: the test is the peer.</summary>
internal sealed class ScriptedTransport(FrameDelimiter delimiter = FrameDelimiter.Message) : IFrameTransport
{
    private readonly Channel<Piece> _incoming = Channel.CreateUnbounded<Piece>();
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reading = Completed();
    private (int Count, TaskCompletionSource Reached)? _toTake;
    private Piece? _rest;

    /// <inheritdoc/>
    public string Peer => Wire.Peer;

    /// <inheritdoc/>
    public Principal Principal { get; init; } = Principal.Anyone(address: null);

    /// <inheritdoc/>
    public DateTimeOffset? AdmittedUntil { get; init; }

    /// <inheritdoc/>
    public FrameDelimiter Delimiter => delimiter;

    /// <summary>Whether the peer answers a close; else a close ends only with its token.</summary>
    public bool AnswersClose { get; set; } = true;

    /// <summary>Whether the peer ends its direction when it is told of a close.</summary>
    public bool EndsOnClose { get; set; } = true;

    /// <summary>Whether the peer sends one message without end, faster than it can be received.</summary>
    public bool NeverStops { get; set; }

    /// <summary>Sends whole messages.</summary>
    public void Send(params IEnumerable<string> messages)
    {
        foreach (var message in messages)
        {
            Send(new Piece(Encoding.UTF8.GetBytes(message), EndOfFrame: true));
        }
    }

    /// <summary>Sends a piece.</summary>
    public void Send(Piece piece) => _incoming.Writer.TryWrite(piece);

    /// <summary>The peer's direction ends.</summary>
    public void End() => _incoming.Writer.TryComplete();

    /// <summary>The peer stops reading: sends do not complete until <see cref="ReadOn"/>.</summary>
    public void StopReading() => _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The peer reads on.</summary>
    public void ReadOn() => _reading.TrySetResult();

    /// <summary>Sends fail from now on.</summary>
    public void BreakSends(IOException failure)
    {
        StopReading();
        _reading.SetException(failure);
    }

    /// <summary>Pieces that the server has left so far.</summary>
    public int Unread => _incoming.Reader.Count;

    /// <summary>Completes when the server has taken so many pieces from now on. Asked for before they are sent.</summary>
    public Task TakenAsync(int count)
    {
        _toTake = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _toTake.Value.Reached.Task.SoonAsync();
    }

    /// <summary>The next frame that the server sent.</summary>
    public Task<string> NextAsync() => _sent.Reader.ReadAsync().AsTask().SoonAsync();

    /// <summary>The next so many frames.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(int count)
    {
        var frames = new List<string>();
        while (frames.Count < count)
        {
            frames.Add(await NextAsync());
        }

        return frames;
    }

    /// <summary>The reason the server closes with.</summary>
    public Task<CloseReason> ClosedAsync() => _closed.Task.SoonAsync();

    /// <summary>Completes when the server is done with the transport.</summary>
    public Task DisposedAsync() => _disposed.Task.SoonAsync();

    /// <inheritdoc/>
    async ValueTask<ReceiveOutcome> IFrameTransport.ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (NeverStops && !cancellationToken.IsCancellationRequested)
        {
            return ReceiveOutcome.Bytes(buffer.Length, endOfFrame: false);
        }

        try
        {
            if (_rest is null && !await _incoming.Reader.WaitToReadAsync(cancellationToken))
            {
                return ReceiveOutcome.End("the peer ended");
            }
        }
        catch (OperationCanceledException)
        {
            return ReceiveOutcome.End("closed by the server");
        }

        if (buffer.IsEmpty)
        {
            return ReceiveOutcome.Bytes(0, endOfFrame: false);
        }

        if (_rest is null)
        {
            _rest = await _incoming.Reader.ReadAsync(CancellationToken.None);
            if (_toTake is { } wanted)
            {
                _toTake = wanted with { Count = wanted.Count - 1 };
                if (wanted.Count == 1)
                {
                    wanted.Reached.TrySetResult();
                }
            }

            if (_rest.IsLate)
            {
                await Task.Yield();
            }
        }

        var piece = _rest;
        var count = Math.Min(buffer.Length, piece.Bytes.Length);
        piece.Bytes[..count].CopyTo(buffer);
        _rest = count < piece.Bytes.Length ? piece with { Bytes = piece.Bytes[count..] } : null;
        return ReceiveOutcome.Bytes(
            count, _rest is null && piece.EndOfFrame && delimiter == FrameDelimiter.Message, piece.Expected + (_rest?.Bytes.Length ?? 0));
    }

    /// <inheritdoc/>
    async ValueTask IFrameTransport.SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(frame.Span);
        await _reading.Task.WaitAsync(cancellationToken);
        _sent.Writer.TryWrite(text);
    }

    /// <inheritdoc/>
    async ValueTask IFrameTransport.CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        _closed.TrySetResult(reason);
        if (AnswersClose && EndsOnClose)
        {
            End();
        }

        if (!AnswersClose)
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = cancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
        }
    }

    /// <inheritdoc/>
    ValueTask IAsyncDisposable.DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
