using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExecActors.Benchmarks.Load;

/// <summary>The least web server: <c>/small</c> is 1,000 bytes, everything else the large body; connections are kept open. One thread for each connection.</summary>
internal sealed class LoadWebServer : IDisposable
{
    private const int SmallBytes = 1000;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _largeBytes;

    /// <summary>Listens on a free loopback port.</summary>
    public LoadWebServer(int largeBytes)
    {
        _largeBytes = largeBytes;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true, Name = "web server" }.Start();
    }

    /// <summary>Where.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Takes no more connections; those there are end with the server that opened them.</summary>
    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                socket.NoDelay = true;
                new Thread(() => Serve(socket)) { IsBackground = true, Name = "web connection" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: that is how this thread is told to end.
        }
    }

    private void Serve(Socket socket)
    {
        using var owned = socket;
        var head = new byte[16 * 1024];
        var filled = 0;
        var body = new byte[256 * 1024];
        try
        {
            while (true)
            {
                int end;
                while ((end = head.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
                {
                    var count = socket.Receive(head.AsSpan(filled));
                    if (count == 0)
                    {
                        return;
                    }

                    filled += count;
                }

                Answer(socket, body, head.AsSpan(0, end).StartsWith("GET /small "u8) ? SmallBytes : _largeBytes);
                head.AsSpan(end + 4, filled - end - 4).CopyTo(head);
                filled -= end + 4;
            }
        }
        catch (SocketException)
        {
            // The server closed it.
        }
    }

    private static void Answer(Socket socket, byte[] body, int length)
    {
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n");
        head.CopyTo(body.AsSpan());
        var first = Math.Min(length, body.Length - head.Length);
        socket.Send(body.AsSpan(0, head.Length + first));
        body.AsSpan(0, head.Length).Clear();
        for (length -= first; length > 0;)
        {
            length -= socket.Send(body.AsSpan(0, Math.Min(length, body.Length)));
        }
    }
}
