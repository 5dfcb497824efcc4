using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A TCP connection with exact reads; a reset or an end is an outcome, not an exception.</summary>
public sealed class ByteConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private ByteConnection(Socket socket) => _socket = socket;

    /// <summary>How the server's direction ended: <c>end</c> or <c>reset</c>; empty while it has not.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>Connects. A small receive buffer makes a slow reader felt sooner.</summary>
    public static async Task<ByteConnection> ConnectAsync(IPEndPoint server, int? receiveBufferBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await Patience.ForAsync(socket.ConnectAsync(server), () => $"a connection to {server}");
        return new ByteConnection(socket);
    }

    /// <summary>Sends all of it.</summary>
    /// <exception cref="IOException">The server has closed the connection.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
            }
        }
        catch (SocketException exception)
        {
            throw new IOException($"the server has closed the connection: {exception.SocketErrorCode}", exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException("we have closed the connection", exception);
        }
    }

    /// <summary>Reads exactly this many bytes; null when the connection ends before.</summary>
    public async Task<byte[]?> ReadExactlyAsync(int count, CancellationToken cancellationToken = default)
    {
        var result = new byte[count];
        var filled = 0;
        while (filled < count)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            var taken = Math.Min(count - filled, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(result.AsSpan(filled));
            _start += taken;
            filled += taken;
        }

        return result;
    }

    /// <summary>Reads a line ended by CR LF, without it; null when the connection ends before.</summary>
    public async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (await ReadExactlyAsync(1) is [var next])
        {
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)next);
        }

        return null;
    }

    /// <summary>Reads until the server ends its direction.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        do
        {
            all.Write(_buffer, _start, _end - _start);
            _start = _end;
        }
        while (await FillAsync(CancellationToken.None));

        return all.ToArray();
    }

    /// <summary>Ends our direction (FIN), keeps reading.</summary>
    public void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // the server has reset the connection: its direction is over as well
        }
    }

    /// <summary>Cuts the connection with a reset, as a dying machine's kernel does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <summary>Closes both directions.</summary>
    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            (_start, _end) = (0, await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            (_start, _end, Ending) = (0, 0, "reset");
            return false;
        }

        if (_end == 0)
        {
            Ending = "end";
        }

        return _end > 0;
    }
}
