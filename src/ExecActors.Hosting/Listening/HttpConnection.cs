using System.Buffers;
using System.Globalization;
using System.Text;
using ExecActors.Hosting.Authentication;
using ExecActors.Hosting.Http;
using ExecActors.Hosting.Transports;
using ExecActors.Platform;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting.Listening;

/// <summary>One accepted socket: its HTTP requests, and after an upgrade its WebSocket, to its end.</summary>
/// <remarks>
/// Owns the socket. Until its upgrade it is a stranger: it has so much time for it, whatever it asks before, and goes early when others need its place. A peer
/// whose time is over is told so when a request of it has begun, and cut.
/// </remarks>
internal sealed class HttpConnection(
    StreamSocket socket,
    SiteRules rules,
    ExecServerConfiguration configuration,
    PeerWatches peers,
    TimeProvider time,
    ILogger log,
    Action<HttpConnection> upgraded,
    Action<HttpConnection> ended) : IThreadPoolWorkItem
{
    private const int Stranger = 0;
    private const int Upgraded = 1;
    private const int Cut = 2;

    /// <summary>From the end of what we send to the cut: what the peer still sends is read so long, so that it can read why.</summary>
    private static readonly TimeSpan _endTimeout = TimeSpan.FromSeconds(1);

    private readonly string _peer = socket.Peer?.ToString() ?? "unknown";
    private byte[] _buffer = [];
    private int _length;
    private Admission _admission;
    private ITimer? _deadline;
    private int _state = Stranger;
    private volatile bool _waits;
    private volatile bool _isLate; // the next deadline cuts

    /// <summary>Whether it waits for its peer, and not the peer for it.</summary>
    public bool WaitsForPeer => _waits;

    /// <inheritdoc/>
    public void Execute() => _ = RunAsync();

    /// <summary>Ends the connection at once, whatever it does.</summary>
    public void Abort() => socket.Abort();

    /// <summary>Ends the connection unless it was upgraded: then its actor ends it, with a reason.</summary>
    public void AbortUnlessUpgraded()
    {
        if (Interlocked.CompareExchange(ref _state, Cut, Stranger) != Upgraded)
        {
            socket.Abort();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            if (await AwaitUpgradeAsync())
            {
                await ServeAsync();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            HostingLog.Lost(log, _peer, e.Message);
        }
        catch (Exception e)
        {
            HostingLog.Failed(log, _peer, e);
        }
        finally
        {
            socket.Dispose();
            ended(this);
        }
    }

    /// <returns>Whether an upgrade was made; else the connection has ended.</returns>
    private async Task<bool> AwaitUpgradeAsync()
    {
        await using var deadline = time.CreateTimer(
            static connection => ((HttpConnection)connection!).OnDeadline(), this, configuration.Settings.Connection.UpgradeTimeout, _endTimeout);
        _deadline = deadline;
        _buffer = ArrayPool<byte>.Shared.Rent(RequestHead.MaxBytes);
        try
        {
            while (true)
            {
                if (await ReadHeadAsync() is not { } request)
                {
                    return false;
                }

                if (Answer(request, out var refusal))
                {
                    if (Interlocked.CompareExchange(ref _state, Upgraded, Stranger) != Stranger)
                    {
                        return false;
                    }

                    upgraded(this);
                    await SendAsync((UpgradeRequest.ExpectsContinue(request) ? ResponseHead.Continue : "") + ResponseHead.Upgrade(UpgradeRequest.AcceptValue(request)));
                    return true;
                }

                await WriteAsync(request, refusal);
                if (!request.KeepsAlive)
                {
                    await EndAsync();
                    return false;
                }
            }
        }
        finally
        {
            if (_length == 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer); // else what came behind the upgrade is in it
                _buffer = [];
            }
        }
    }

    /// <returns>The next request, taken out of the buffer; null when there is none, and when what came is answered already.</returns>
    private async Task<RequestHead?> ReadHeadAsync()
    {
        var isLate = false; // known before the last look at the socket
        while (true)
        {
            var used = RequestHead.Read(_buffer.AsSpan(0, _length), out var request, out var refusal);
            if (request is not null)
            {
                _waits = false;
                _length -= used;
                _buffer.AsSpan(used, _length).CopyTo(_buffer);
                return request;
            }

            if (refusal is not null)
            {
                await RefuseAsync(refusal);
                return null;
            }

            var count = socket.Receive(_buffer.AsSpan(_length, RequestHead.MaxBytes - _length));
            switch (count)
            {
                case 0:
                    return null;
                case StreamSocket.WouldBlock when isLate && _length > 0:
                    await RefuseAsync(HttpRefusal.HeadTimeout);
                    return null;
                case StreamSocket.WouldBlock when isLate:
                    return null; // no request had begun, so there is none to answer
                case StreamSocket.WouldBlock:
                    _waits = true;
                    if (_isLate)
                    {
                        socket.WakeReceiver(); // no wait, only a last look at what has come: the deadline may have woken an earlier one
                    }

                    await socket.WaitReadableAsync();
                    isLate = _isLate;
                    await Task.Yield(); // off the thread that waits for all sockets
                    break;
                default:
                    _length += count;
                    break;
            }
        }
    }

    private async Task RefuseAsync(HttpRefusal refusal)
    {
        HostingLog.Refused(log, _peer, refusal.Status, refusal.Text);
        await SendAsync(ResponseHead.Of(refusal, isHead: false, keepsAlive: false, time));
        await EndAsync();
    }

    /// <returns>Whether the request is an upgrade that is to be made; else what to answer, null for 200 without a body.</returns>
    private bool Answer(RequestHead request, out HttpRefusal? refusal)
    {
        switch (request.Path)
        {
            case SiteRules.UpgradePath:
                refusal = rules.CheckUpgrade(request, socket.Peer?.Address, out _admission) ?? (request.HasBody ? HttpRefusal.BadRequest : null);
                return refusal is null;
            case SiteRules.ReadinessPath:
                refusal = rules.CheckReadiness(request);
                return false;
            default:
                refusal = rules.Guard(request) ?? HttpRefusal.NotFound;
                return false;
        }
    }

    private Task WriteAsync(RequestHead request, HttpRefusal? refusal)
    {
        if (refusal is not null)
        {
            HostingLog.Refused(log, _peer, refusal.Status, refusal.Text);
        }

        return SendAsync(refusal is null
            ? ResponseHead.Ready(request.KeepsAlive, time)
            : ResponseHead.Of(refusal, request.Method is "HEAD", request.KeepsAlive, time));
    }

    private async Task ServeAsync()
    {
        var peer = "websocket " + _peer;
        HostingLog.Opened(log, peer);
        using var watch = new PeerWatch(peers, socket.Progress, socket.Abort);
        var channel = new SocketChannel(socket, _buffer.AsMemory(0, _length));
        await using var transport = new WebSocketFrameTransport(channel, peer, WebSocketTransportSettings.Of(configuration), time, _admission.Principal, _admission.Until);
        _buffer = [];
        var end = await rules.Acceptor.ServeAsync(transport);
        HostingLog.Ended(log, peer, end.Reason);
    }

    // Who sends request after request gets one answer a turn. What waited for the peer goes on, on the thread that waits for all sockets.
    private async Task SendAsync(string text)
    {
        _waits = true; // it may not read
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        await Task.Yield();
    }

    // The first time whoever reads the head says so; the second time there is nothing left to say.
    private void OnDeadline()
    {
        if (_isLate)
        {
            socket.Abort();
            return;
        }

        _isLate = true;
        socket.WakeReceiver();
    }

    // What the peer still sends, a body perhaps, is read and dropped: closing with something unread would reset the connection, and the answer with it.
    private async Task EndAsync()
    {
        _isLate = true;
        _deadline?.Change(_endTimeout, _endTimeout);
        socket.EndSending();
        try
        {
            int count;
            while ((count = socket.Receive(_buffer)) != 0)
            {
                if (count == StreamSocket.WouldBlock)
                {
                    await socket.WaitReadableAsync();
                }

                await Task.Yield();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // it has its answer, and is gone or did not stop
        }

        _length = 0;
    }

    /// <summary>The few answers there are (RFC 9112 section 4).</summary>
    private static class ResponseHead
    {
        public const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

        public static string Upgrade(string accept) =>
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";

        public static string Ready(bool keepsAlive, TimeProvider time) => Compose(200, "", length: 0, keepsAlive, time);

        public static string Of(HttpRefusal refusal, bool isHead, bool keepsAlive, TimeProvider time)
        {
            var special = refusal.HeaderName is null ? "" : $"{refusal.HeaderName}: {refusal.HeaderValue}\r\n";
            var type = refusal.Text is null ? "" : $"Content-Type: {HttpRefusal.ContentType}\r\n";
            var length = Encoding.UTF8.GetByteCount(refusal.Text ?? "");
            return Compose(refusal.Status, special + type, length, keepsAlive, time) + (isHead ? "" : refusal.Text);
        }

        private static string Compose(int status, string headers, int length, bool keepsAlive, TimeProvider time) => string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrase(status)}\r\nContent-Length: {length}\r\nDate: {time.GetUtcNow():R}\r\n{headers}{(keepsAlive ? "" : "Connection: close\r\n")}\r\n");

        private static string ReasonPhrase(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
    }
}
