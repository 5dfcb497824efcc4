using ExecActors.Platform;

namespace ExecActors.Client.Transports;

/// <summary>Cuts a stream of leases into lines without copying those that lie within one.</summary>
/// <remarks>Owns the lease it was given until it asks for the next one.</remarks>
internal sealed class LineSplitter(int maxLineBytes) : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    private readonly MessageBuffer _begun = new(FirstBytes);
    private ByteLease? _lease;
    private int _position;

    /// <summary>Gives the next bytes of the stream, after <see cref="TryTake"/> has said that it needs more.</summary>
    public void Give(ByteLease lease)
    {
        _lease?.Dispose();
        _lease = lease;
        _position = 0;
    }

    /// <summary>Takes the next line, without its end; empty lines are passed over.</summary>
    /// <param name="line">Valid until the next call and until <see cref="Give"/>.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="IOException">A line is longer than allowed.</exception>
    public bool TryTake(out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (_lease is null)
        {
            return false;
        }

        while (_position < _lease.Length)
        {
            var rest = _lease.Memory[_position..];
            var end = rest.Span.IndexOf((byte)'\n');
            var part = end < 0 ? rest : rest[..end];
            _position += part.Length + (end < 0 ? 0 : 1);
            if (_begun.Length + part.Length > maxLineBytes)
            {
                throw new IOException($"the server sent a message of more than {maxLineBytes} bytes");
            }

            if (end < 0)
            {
                Keep(part.Span);
                return false;
            }

            line = Join(part);
            if (line.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease?.Dispose();
        _lease = null;
        _begun.Dispose();
    }

    private ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> part)
    {
        if (_begun.Length == 0)
        {
            return part;
        }

        Keep(part.Span);
        var line = _begun.Written;
        _begun.Clear();
        return line;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        part.CopyTo(_begun.GetSpan(part.Length));
        _begun.Advance(part.Length);
    }
}
