using System.Net.Sockets;
using System.Net.WebSockets;

namespace ExecActors.Client.Transports;

/// <summary>A connection to a server that listens: one message is one WebSocket message.</summary>
internal sealed class WebSocketTransport : IClientTransport
{
    private const int ReceiveBytes = 64 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly MessageBuffer _received = new(ReceiveBytes);
    private readonly int _maxMessageBytes;

    private WebSocketTransport(ClientWebSocket socket, Uri url, int maxMessageBytes)
    {
        _socket = socket;
        _maxMessageBytes = maxMessageBytes;
        Peer = url.ToString();
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <summary>Connects directly, whatever proxies the environment names.</summary>
    /// <exception cref="ExecConnectionException">Nobody answers there, or the server refuses.</exception>
    public static async Task<WebSocketTransport> ConnectAsync(Uri url, ExecClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.Proxy = null;
            socket.Options.CollectHttpResponseDetails = true;
            if (options.BearerToken is { } token)
            {
                socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            }

            await socket.ConnectAsync(url, cancellationToken).ConfigureAwait(false);
            return new WebSocketTransport(socket, url, options.MaxMessageBytes);
        }
        catch (WebSocketException e)
        {
            throw Refused(url, socket, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        _received.Clear();
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await _socket.ReceiveAsync(_received.GetMemory(ReceiveBytes), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
            {
                throw new IOException(Innermost(e), e);
            }

            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new IOException(CloseText());
            }

            _received.Advance(result.Count);
            if (_received.Length > _maxMessageBytes)
            {
                throw new IOException($"the server sent a message of more than {_maxMessageBytes} bytes");
            }

            if (result.EndOfMessage)
            {
                return _received.Written;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(MessageBuffer message, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendAsync(message.Written, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            throw new IOException(Innermost(e), e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask EndSendingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "done", cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            // It is gone already; nobody is left to take leave of.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _received.Dispose();
        return ValueTask.CompletedTask;
    }

    private string CloseText()
    {
        var status = _socket.CloseStatus is { } code ? $"{(int)code}" : "no status";
        return string.IsNullOrEmpty(_socket.CloseStatusDescription)
            ? $"the server closed it ({status})"
            : $"the server closed it ({status}: {_socket.CloseStatusDescription})";
    }

    private static ExecConnectionException Refused(Uri url, ClientWebSocket socket, WebSocketException cause)
    {
        // 0 when there was no answer at all.
        var status = socket.HttpStatusCode;
        socket.Dispose();
        var answered = (int)status != 0;
        var reason = answered ? $"the server there answered with HTTP status {(int)status}" : Innermost(cause);
        return new ExecConnectionException($"cannot connect to {url}", reason, cause) { RefusedWith = answered ? status : null };
    }

    private static string Innermost(Exception e)
    {
        while (e is not SocketException && e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }
}
