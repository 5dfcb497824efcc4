using System.Collections.Concurrent;
using System.Text;
using ExecActors.Hosting.Transports;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>A channel without a network: gives out the pieces it was given, one a receive, and keeps each send by itself, as Latin-1.</summary>
internal sealed class FakeChannel : IByteChannel
{
    private readonly Queue<byte[]> _arriving = [];
    private readonly ConcurrentQueue<string> _sent = [];
    private TaskCompletionSource? _hold;
    private Exception? _failure;

    public IReadOnlyList<string> Sent => [.. _sent];

    /// <summary>Makes the next send wait for the result of what is returned.</summary>
    public TaskCompletionSource HoldNextSend() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes every further send fail.</summary>
    public void FailSends(Exception failure) => _failure = failure;

    /// <summary>What the peer sends next; an empty piece is its end.</summary>
    public void Arrive(ReadOnlySpan<byte> piece) => _arriving.Enqueue(piece.ToArray());

    public int Receive(Span<byte> buffer)
    {
        Assert.False(buffer.IsEmpty);
        if (!_arriving.TryPeek(out var piece))
        {
            return IByteChannel.WouldBlock;
        }

        var count = Math.Min(buffer.Length, piece.Length);
        piece.AsSpan(0, count).CopyTo(buffer);
        _arriving.Dequeue();
        if (count < piece.Length)
        {
            var behind = _arriving.ToArray();
            _arriving.Clear();
            _arriving.Enqueue(piece[count..]);
            Array.ForEach(behind, _arriving.Enqueue);
        }

        return count;
    }

    public ValueTask WaitReadableAsync() => ValueTask.CompletedTask;

    public void WakeReceiver()
    {
        // nobody waits
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _hold, null) is { } hold)
        {
            await hold.Task;
        }

        if (_failure is not null)
        {
            throw _failure;
        }

        _sent.Enqueue(Encoding.Latin1.GetString(first.Span) + Encoding.Latin1.GetString(second.Span));
    }

    public void EndSending()
    {
        // the bytes are what is tested
    }

    public void Abort()
    {
        // the bytes are what is tested
    }

    public void Dispose()
    {
        // owns nothing
    }
}
