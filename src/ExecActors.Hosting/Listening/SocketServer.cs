using System.Collections.Concurrent;
using System.Net.Sockets;
using ExecActors.Hosting.Http;
using ExecActors.Hosting.Transports;
using ExecActors.Platform;
using ExecActors.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExecActors.Hosting.Listening;

/// <summary>Listens on a socket and serves what comes: the server of the <c>execactors</c> binary, which needs nothing of a web server but an upgrade.</summary>
/// <remarks>
/// Sockets that have not become a WebSocket are strangers: bounded in number, in all and from one address, and the one that waited longest goes first.
/// One thread waits for all sockets; everything else happens on the pool and in the actors. When the host stops, nothing is accepted any more, what was not
/// upgraded is cut, and the connections are waited for, which the drain of the actors closes.
/// </remarks>
internal sealed class SocketServer : IHostedService, IDisposable
{
    private const int Backlog = 512;

    private static readonly TimeSpan _acceptAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly SiteRules _rules;
    private readonly ExecServerConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<HttpConnection, bool> _open = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Strangers<HttpConnection> _strangers; // on the reactor's thread, as all that follows from an accept
    private readonly ConcurrentQueue<HttpConnection> _known = new(); // upgraded or ended since the last accept
    private readonly int _mostOpen;
    private readonly ITimer _acceptAgain;
    private readonly PeerWatches _peers;
    private SocketReactor? _reactor;
    private SocketListener? _listener;
    private int _openCount = 1; // the listener counts as one, until it stops
    private bool _failing; // on the reactor's thread

    /// <summary>Does not listen yet. The socket is bound, and stays the caller's.</summary>
    public SocketServer(Socket socket, SiteRules rules, ExecServerConfiguration configuration, TimeProvider time, ILogger<SocketServer> log)
    {
        _socket = socket;
        _rules = rules;
        _configuration = configuration;
        _time = time;
        _log = log;
        var limits = configuration.Settings.Limits;
        _strangers = new Strangers<HttpConnection>(limits.Strangers, limits.StrangersPerAddress, static connection => connection.WaitsForPeer);
        _mostOpen = limits.Connections + (2 * limits.Strangers); // those that were sent away have to end, too
        _peers = new PeerWatches(configuration.Settings.Connection.UserTimeout, time);
        _acceptAgain = time.CreateTimer(_ => _listener?.Resume(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    /// <exception cref="SocketException">Somebody else listens on the address.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _socket.Listen(Backlog);
        _reactor = new SocketReactor();
        _listener = _reactor.Listen(_socket, OnAccepted, OnAcceptFailed);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null)
        {
            return;
        }

        _listener.Dispose();
        foreach (var connection in _open.Keys)
        {
            connection.AbortUnlessUpgraded();
        }

        OnOneLess();
        try
        {
            await _allEnded.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in _open.Keys)
            {
                connection.Abort();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _acceptAgain.Dispose();
        _peers.Dispose();
        _listener?.Dispose();
        _reactor?.Dispose();
    }

    private void OnAccepted(StreamSocket socket)
    {
        _failing = false;
        if (Interlocked.Increment(ref _openCount) > _mostOpen || socket.IsBeyondLimit)
        {
            socket.Abort();
            OnOneLess();
            return;
        }

        while (_known.TryDequeue(out var known))
        {
            _strangers.Remove(known);
        }

        var connection = new HttpConnection(socket, _rules, _configuration, _peers, _time, _log, _known.Enqueue, OnEnded);
        _open[connection] = true;
        if (_strangers.Add(connection, Principal.PeerOf(socket.Peer?.Address)) is { } longest)
        {
            HostingLog.MadeRoom(_log);
            longest.AbortUnlessUpgraded();
        }

        ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
    }

    private void OnAcceptFailed(int errno)
    {
        if (!_failing)
        {
            _failing = true;
            HostingLog.AcceptFailed(_log, OsError.Describe(errno));
        }

        _acceptAgain.Change(_acceptAgainAfter, Timeout.InfiniteTimeSpan);
    }

    private void OnEnded(HttpConnection connection)
    {
        _open.TryRemove(connection, out _);
        _known.Enqueue(connection);
        OnOneLess();
    }

    private void OnOneLess()
    {
        if (Interlocked.Decrement(ref _openCount) == 0)
        {
            _allEnded.TrySetResult();
        }
    }
}
