#pragma warning disable CA2000 // streams pass to the transport, which disposes them; each failing path disposes them
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ExecActors.Platform;

namespace ExecActors.Client.Transports;

/// <summary>A connection to a server that listens: one message is one WebSocket message.</summary>
internal sealed class WebSocketTransport : IClientTransport
{
    private readonly Stream _stream;
    private readonly WebSocketFrames _frames;

    private WebSocketTransport(Stream stream, WebSocketFrames frames, Uri url)
    {
        _stream = stream;
        _frames = frames;
        Peer = url.ToString();
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <summary>Connects directly, whatever proxies the environment names.</summary>
    /// <exception cref="ExecConnectionException">Nobody answers there, or the server refuses.</exception>
    public static async Task<WebSocketTransport> ConnectAsync(Uri url, ExecClientOptions options, CancellationToken cancellationToken)
    {
        var isSecure = url.Scheme is "wss";
        if (isSecure && TlsLibrary.Name is null)
        {
            throw new ExecConnectionException($"cannot connect to {url}", $"wss needs OpenSSL, which is not on this machine; {TlsLibrary.Remedy}");
        }

        Stream? stream = null;
        try
        {
            stream = await DialAsync(url, cancellationToken).ConfigureAwait(false);
            stream = isSecure ? await SecureAsync(stream, url, cancellationToken).ConfigureAwait(false) : stream;
            var arrived = await WebSocketHandshake.OpenAsync(stream, url, options.BearerToken, cancellationToken).ConfigureAwait(false);
            return new WebSocketTransport(stream, new WebSocketFrames(stream, arrived, options.MaxMessageBytes), url);
        }
        catch (Exception e)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            if (e is IOException or SocketException or AuthenticationException or WebSocketRefusedException)
            {
                throw new ExecConnectionException($"cannot connect to {url}", Innermost(e), e) { RefusedWith = (e as WebSocketRefusedException)?.Status };
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken) => _frames.ReceiveAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask SendAsync(MessageBuffer message, CancellationToken cancellationToken) => _frames.SendAsync(message.Written, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask EndSendingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _frames.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It is gone already; nobody is left to take leave of.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _frames.Dispose();
    }

    private static async Task<Stream> DialAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.IdnHost, url.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> SecureAsync(Stream stream, Uri url, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.IdnHost }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Innermost(Exception e)
    {
        while (e is not (SocketException or WebSocketRefusedException) && e.InnerException is { } inner)
        {
            e = inner;
        }

        return e.Message;
    }
}
