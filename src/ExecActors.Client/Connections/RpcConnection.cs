#pragma warning disable CA2000 // a buffer passes to the writer, which disposes it
#pragma warning disable VSTHRD003 // the two loops are this object's own and run on the thread pool
using System.Collections.Concurrent;
using System.Threading.Channels;
using ExecActors.Client.Processes;
using ExecActors.Client.Transports;
using ExecActors.Protocol;

namespace ExecActors.Client.Connections;

/// <summary>Joins answers to requests over one transport. One task reads, one writes; everything else may be called from any thread.</summary>
/// <remarks>It owns the transport. Once the transport is lost, every request under way and every process fails with the reason.</remarks>
internal sealed partial class RpcConnection : IAsyncDisposable
{
    /// <summary>Requests that wait to be sent; the next caller waits for room.</summary>
    private const int QueuedRequests = 64;

    private const int RequestBytes = 512;

    private readonly IClientTransport _transport;
    private readonly ProcessTable _processes;
    private readonly ReadGate _gate;
    private readonly TimeSpan _closeTimeout;
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly Task _reading;
    private readonly Task _writing;
    private long _lastId;
    private volatile string? _loss;
    private volatile string? _sendFailure;
    private int _disposed;

    private readonly Channel<MessageBuffer> _outgoing =
        Channel.CreateBounded<MessageBuffer>(new BoundedChannelOptions(QueuedRequests) { SingleReader = true });

    /// <summary>Begins to read.</summary>
    public RpcConnection(IClientTransport transport, ProcessTable processes, ReadGate gate, TimeSpan closeTimeout)
    {
        _transport = transport;
        _processes = processes;
        _gate = gate;
        _closeTimeout = closeTimeout;
        _reading = Task.Run(ReadAsync);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Whom it leads to, for error texts.</summary>
    public string Peer => _transport.Peer;

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="method">Which method.</param>
    /// <param name="parameters">One of the protocol's records, or null.</param>
    /// <param name="what">What is asked, for errors.</param>
    /// <param name="cancellationToken">Ends the waiting; the server may do what it was asked all the same.</param>
    /// <exception cref="ExecRequestException">The server refuses.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public Task<T> RequestAsync<T>(WireMethod method, object? parameters, string what, CancellationToken cancellationToken)
        where T : class =>
        RequestAsync(
            (buffer, id) => WireWriter.Request(buffer, id, method, parameters),
            new PendingRequest<T>(what, isUrgent: true, WireJson.Read<T>),
            cancellationToken);

    /// <summary>As the other one, for a request that is written by hand.</summary>
    public async Task<T> RequestAsync<T>(
        Action<MessageBuffer, RequestId> write, PendingRequest<T> request, CancellationToken cancellationToken)
        where T : class
    {
        var id = Interlocked.Increment(ref _lastId);
        _pending[id] = request;
        if (request.IsUrgent)
        {
            _gate.BeginUrgent();
        }

        try
        {
            await SendAsync(buffer => write(buffer, RequestId.FromNumber(id)), request.What, cancellationToken).ConfigureAwait(false);
            return await request.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(id, out _);
            if (request.IsUrgent)
            {
                _gate.EndUrgent();
            }
        }
    }

    /// <summary>Sends a notification.</summary>
    /// <exception cref="ExecConnectionException">There is no connection.</exception>
    public ValueTask NotifyAsync(WireMethod method, object? parameters, CancellationToken cancellationToken) =>
        SendAsync(buffer => WireWriter.Notification(buffer, method, parameters), WireMethods.Of(method).Name, cancellationToken);

    /// <summary>Sends a request whose answer, like its fate, is of no interest; does not wait.</summary>
    public void Post(WireMethod method, object parameters) => _ = PostAsync(method, parameters);

    /// <summary>Sends what is queued, takes leave of the server and ends. Waits no longer than the close time-out for each.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _outgoing.Writer.TryComplete();
        using var patience = new CancellationTokenSource(_closeTimeout);
        try
        {
            await _writing.WaitAsync(patience.Token).ConfigureAwait(false);
            await _transport.EndSendingAsync(patience.Token).ConfigureAwait(false);
            await _reading.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server does not listen, or does not end: it is cut off.
        }

        await _cut.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_reading, _writing).ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
        _cut.Dispose();
    }

    private async Task PostAsync(WireMethod method, object parameters)
    {
        var id = RequestId.FromNumber(Interlocked.Increment(ref _lastId));
        try
        {
            await SendAsync(buffer => WireWriter.Request(buffer, id, method, parameters), "", default).ConfigureAwait(false);
        }
        catch (ExecConnectionException)
        {
            // Without a connection there is nobody to ask it of.
        }
    }

    private async ValueTask SendAsync(Action<MessageBuffer> write, string what, CancellationToken cancellationToken)
    {
        var buffer = new MessageBuffer(RequestBytes);
        try
        {
            write(buffer);
            ThrowIfLost(what);
            await _outgoing.Writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            buffer.Dispose();
            throw Lost(what);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }

        // The loss may have emptied the table before this request came into it.
        ThrowIfLost(what);
    }

    private void ThrowIfLost(string what)
    {
        if (_loss is not null)
        {
            throw Lost(what);
        }
    }

    private ExecConnectionException Lost(string what) =>
        new($"{what} over {_transport.Peer}", $"there is no connection any more: {_loss ?? "it was closed by this client"}");
}
