using System.Buffers;
using ExecActors.Platform;

namespace ExecActors.Hosting.Transports;

/// <summary>
/// Stands between a <see cref="System.Net.WebSockets.WebSocket"/> and the stream of the upgraded request: gathers frames that follow each
/// other at once into one write, and lets pings and close frames in between whole frames.
/// </summary>
/// <remarks>
/// Rests on one property of the WebSocket above it: a server's frame is handed down whole, in a single write. Disposing does nothing, since
/// the WebSocket does it when a receive is cancelled and a close frame is still to be sent then; the web server owns the inner stream.
/// </remarks>
internal sealed class UpgradedStream(Stream inner) : SequentialStream
{
    private const int GatherBytes = 32 * 1024;
    private const byte OpcodeMask = 0x0F;
    private const byte CloseOpcode = 0x08;

#pragma warning disable CA2213 // holds no wait handle, so there is nothing to give back, and it has to work after Dispose
    private readonly SemaphoreSlim _writing = new(1, 1);
#pragma warning restore CA2213
    private byte[]? _gathered;
    private int _gatheredLength;

    /// <summary>While true, a data frame that fits is kept back for the next write. Set by the sender, between two sends.</summary>
    public bool Gathering { get; set; }

    /// <summary>A close frame was handed to the web server, by us or by the WebSocket itself. Nothing is written after it.</summary>
    public bool CloseSent { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await WriteFrameAsync(buffer, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes a whole control frame, unless a write is under way: then the peer hears from us anyway.</summary>
    public async ValueTask TryWriteControlAsync(ReadOnlyMemory<byte> frame)
    {
        if (!await _writing.WaitAsync(0, CancellationToken.None))
        {
            return;
        }

        try
        {
            await WriteFrameAsync(frame, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    // The web server's stream flushes with each write; there is nothing to flush here but what is gathered on purpose.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    // Kestrel allows no calls that block, and a WebSocket makes none.
    public override int Read(byte[] buffer, int offset, int count) => throw AsynchronousOnly();

    public override void Write(byte[] buffer, int offset, int count) => throw AsynchronousOnly();

    private static NotSupportedException AsynchronousOnly() =>
        new("an upgraded connection is read and written by ReadAsync and WriteAsync only; a call that blocks would hold a thread of the web server");

    private ValueTask WriteFrameAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (CloseSent || frame.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        CloseSent = (frame.Span[0] & OpcodeMask) == CloseOpcode;
        if (Gathering && !CloseSent && TryGather(frame))
        {
            return ValueTask.CompletedTask;
        }

        return _gatheredLength == 0 ? inner.WriteAsync(frame, cancellationToken) : WriteGatheredAsync(frame, cancellationToken);
    }

    private async ValueTask WriteGatheredAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var joined = TryGather(frame);
        var gathered = _gathered!;
        var length = _gatheredLength;
        (_gathered, _gatheredLength) = (null, 0);
        try
        {
            await inner.WriteAsync(gathered.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }

        if (!joined)
        {
            await inner.WriteAsync(frame, cancellationToken);
        }
    }

    private bool TryGather(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length > GatherBytes - _gatheredLength)
        {
            return false;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(GatherBytes);
        frame.CopyTo(_gathered.AsMemory(_gatheredLength));
        _gatheredLength += frame.Length;
        return true;
    }
}
