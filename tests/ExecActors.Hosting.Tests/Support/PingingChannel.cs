using ExecActors.Hosting.Transports;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>A peer that sends empty pings faster than anybody reads them, and takes every pong.</summary>
internal sealed class PingingChannel : IByteChannel
{
    private static readonly byte[] _ping = [0x89, 0x80, 0, 0, 0, 0];
    private int _at;

    public int Receive(Span<byte> buffer)
    {
        for (var i = 0; i < buffer.Length; i++)
        {
            buffer[i] = _ping[_at];
            _at = (_at + 1) % _ping.Length;
        }

        return buffer.Length;
    }

    public ValueTask WaitReadableAsync() => ValueTask.CompletedTask;

    public void WakeReceiver()
    {
        // nobody waits
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void EndSending()
    {
        // nothing listens
    }

    public void Abort()
    {
        // nothing listens
    }

    public void Dispose()
    {
        // owns nothing
    }
}
