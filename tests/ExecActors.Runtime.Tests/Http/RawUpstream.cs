using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>An HTTP server by hand, so that tests see the very bytes of a request and decide on those of the answer.</summary>
internal sealed class RawUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<RawConnection> _connections = Channel.CreateUnbounded<RawConnection>();
    private readonly List<RawConnection> _all = [];
    private int _accepted;

    public RawUpstream()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAllAsync();
    }

    public int Port { get; }

    /// <summary>Connections that have come.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public string Url(string path = "/") => $"http://127.0.0.1:{Port}{path}";

    /// <summary>The next connection.</summary>
    public Task<RawConnection> AcceptAsync() => _connections.Reader.ReadAsync().AsTask().SoonAsync();

    /// <summary>The head of the next connection's first request, answered with 200 and nothing.</summary>
    public async Task<string> HeadAsync()
    {
        var connection = await AcceptAsync();
        var head = await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        return head;
    }

    /// <summary>Answers every request of every connection.</summary>
    public void Serve(Func<string, string> answerTo) => _ = ServeAllAsync(answerTo);

    public void Dispose()
    {
        _listener.Dispose();
        lock (_all)
        {
            _all.ForEach(connection => connection.Dispose());
        }
    }

    private async Task AcceptAllAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptSocketAsync());
                lock (_all)
                {
                    _all.Add(connection);
                }

                Interlocked.Increment(ref _accepted);
                _connections.Writer.TryWrite(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the listener was stopped
        }
    }

    private async Task ServeAllAsync(Func<string, string> answerTo)
    {
        await foreach (var connection in _connections.Reader.ReadAllAsync())
        {
            _ = ServeAsync(connection, answerTo);
        }
    }

    private static async Task ServeAsync(RawConnection connection, Func<string, string> answerTo)
    {
        try
        {
            while (true)
            {
                await connection.SendAsync(answerTo(await connection.RequestAsync()));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // the client left
        }
    }
}

/// <summary>One connection of a <see cref="RawUpstream"/>; texts are Latin-1.</summary>
internal sealed class RawConnection(Socket socket) : IDisposable
{
    private readonly BufferedStream _stream = new(new NetworkStream(socket, ownsSocket: true));

    /// <summary>The next head, without the empty line.</summary>
    public async Task<string> HeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadAsync(1));
        }

        return head.ToString(0, head.Length - 4);
    }

    /// <summary>The next head and, behind an empty line, its body.</summary>
    public async Task<string> RequestAsync()
    {
        var head = await HeadAsync();
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("content-length:", StringComparison.Ordinal));
        return length is null ? head : $"{head}\r\n\r\n{await ReadAsync(int.Parse(length["content-length:".Length..], System.Globalization.CultureInfo.InvariantCulture))}";
    }

    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes).AsTask().SoonAsync();
        return Encoding.Latin1.GetString(bytes);
    }

    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text)).SoonAsync();

    /// <summary>Sends as long as the other side takes it within a moment's notice; returns how many bytes.</summary>
    public async Task<long> SendEndlesslyAsync(CancellationToken stop)
    {
        var sent = 0L;
        var piece = new byte[64 * 1024];
        try
        {
            while (true)
            {
                sent += await socket.SendAsync(piece, SocketFlags.None, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return sent;
        }
    }

    /// <summary>Completes when the other side has ended the connection, in whatever way.</summary>
    public async Task EndAsync()
    {
        try
        {
            while (await _stream.ReadAsync(new byte[4096]).AsTask().SoonAsync() > 0)
            {
                // what was sent before
            }
        }
        catch (IOException)
        {
            // reset
        }
    }

    public void Dispose() => _stream.Dispose();
}
