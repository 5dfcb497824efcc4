using System.Threading.Channels;

using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;

namespace ExecActors.Benchmarks.Micro;

/// <summary>A transport without a socket: it hands over what the benchmark sends, and counts the frames that come back.</summary>
internal sealed class BenchTransport : IFrameTransport
{
    private readonly Channel<byte[]> _incoming = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ManualResetEventSlim _reached = new();
    private int _missing;

    public string Peer => "websocket 127.0.0.1:1";

    public FrameDelimiter Delimiter => FrameDelimiter.Message;

    /// <summary>The client sends a frame.</summary>
    public void Send(byte[] frame) => _incoming.Writer.TryWrite(frame);

    /// <summary>The client goes.</summary>
    public void End() => _incoming.Writer.TryComplete();

    /// <summary>From now on, so many frames are awaited.</summary>
    public void Expect(int frames)
    {
        _reached.Reset();
        Volatile.Write(ref _missing, frames);
    }

    /// <summary>Waits until they were sent.</summary>
    public void Wait() => _reached.Wait();

    public async ValueTask<ReceiveOutcome> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            if (buffer.IsEmpty)
            {
                return await _incoming.Reader.WaitToReadAsync(cancellationToken)
                    ? ReceiveOutcome.Bytes(0, endOfFrame: false)
                    : ReceiveOutcome.End("the client is gone");
            }

            var frame = await _incoming.Reader.ReadAsync(cancellationToken);
            frame.CopyTo(buffer);
            return ReceiveOutcome.Bytes(frame.Length, endOfFrame: true);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            return ReceiveOutcome.End("the client is gone");
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, bool more, CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _reached.Set();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _reached.Dispose();
        return ValueTask.CompletedTask;
    }
}
