using ExecActors.Client.Connections;
using ExecActors.Client.Processes;
using ExecActors.Protocol;

namespace ExecActors.Client;

/// <summary>A process on the server. Safe to use from several threads, output excepted: it has one reader at a time.</summary>
/// <remarks>Made by <see cref="ExecClient.StartProcessAsync"/>. Disposing it ends the process if it still runs and drops the output left.</remarks>
public sealed class RemoteProcess : IAsyncDisposable
{
    /// <summary>Bytes of one write: half a pipe of the usual size would be idle with less, and a larger one only waits in the server.</summary>
    private const int WriteBytes = 256 * 1024;

    private readonly RpcConnection _connection;
    private readonly ProcessTable _processes;
    private readonly ProcessInbox _inbox;
    private long _lastWrite;
    private int _disposed;

    internal RemoteProcess(RpcConnection connection, ProcessTable processes, ProcessInbox inbox, ProcessStartResponse started, bool canCloseInput)
    {
        _connection = connection;
        _processes = processes;
        _inbox = inbox;
        ProcessId = started.ProcessId;
        SandboxType = started.SandboxType;
        CanCloseInput = canCloseInput;
    }

    /// <summary>The client's name for it, unique in the session.</summary>
    public string ProcessId { get; }

    /// <summary>What confines it, in the server's words; null where the server does not say.</summary>
    public string? SandboxType { get; }

    /// <summary>Whether the server can end the process's standard input.</summary>
    public bool CanCloseInput { get; }

    /// <summary>
    /// 0 to 255, or 128 plus the number of the signal that ended it. Completes when the process has ended and all it wrote by then has arrived;
    /// it does not wait for <see cref="ReadOutputAsync"/>, but output that nobody takes can keep it from arriving.
    /// </summary>
    /// <remarks>Faults with <see cref="ExecConnectionException"/> when the connection is lost first.</remarks>
#pragma warning disable VSTHRD003 // completed by the connection's reader, which waits for nobody
    public Task<int> ExitCode => _inbox.ExitCode;
#pragma warning restore VSTHRD003

    /// <summary>The output in the order of its numbers, to the close: that is, until the process and all that hold its streams have ended.</summary>
    /// <param name="cancellationToken">Ends the reading; a later call goes on where it ended.</param>
    /// <exception cref="ExecConnectionException">The connection was lost, or output is missing; thrown after everything that came before.</exception>
    public IAsyncEnumerable<OutputChunk> ReadOutputAsync(CancellationToken cancellationToken = default) => _inbox.ReadAsync(cancellationToken);

    /// <summary>Writes to standard input. Completes when the server has taken all of it, which waits while the process does not read.</summary>
    /// <param name="bytes">Not to be changed before completion. Several calls at once are not kept apart when longer than 256 KiB.</param>
    /// <param name="cancellationToken">Ends the waiting; the process may get the bytes all the same.</param>
    /// <returns>False when they cannot arrive any more: input was not piped or is closed, or nobody reads it.</returns>
    /// <exception cref="ExecRequestException">The server refuses.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public async Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, WriteBytes)];
            if (!await SendWriteAsync(piece, closeInput: false, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            bytes = bytes[piece.Length..];
        }

        return true;
    }

    /// <summary>Ends standard input behind what was written: the process reads end of file.</summary>
    /// <returns>False when it had ended already.</returns>
    /// <exception cref="InvalidOperationException">The server cannot do that, see <see cref="CanCloseInput"/>.</exception>
    /// <exception cref="ExecRequestException">The server refuses.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public Task<bool> CloseInputAsync(CancellationToken cancellationToken = default)
    {
        // A server that does not know the member ignores it: the process would wait for ever.
        return CanCloseInput
            ? SendWriteAsync(default, closeInput: true, cancellationToken)
            : throw new InvalidOperationException(
                $"the server cannot close standard input: it does not announce the capability {ExecClient.CloseInputCapability}; "
                + "terminate the process, or use a program that ends by itself");
    }

    /// <summary>Sends SIGINT to the process and its group; does nothing once it has ended.</summary>
    /// <exception cref="ExecRequestException">The server refuses.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public Task InterruptAsync(CancellationToken cancellationToken = default) => _connection.RequestAsync<object>(
        WireMethod.ProcessSignal, new ProcessSignalParams(ProcessId, ProcessSignal.Interrupt), What("process/signal"), cancellationToken);

    /// <summary>Kills the process and its group with SIGKILL.</summary>
    /// <returns>Whether there was something to kill.</returns>
    /// <exception cref="ExecRequestException">The server refuses.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public async Task<bool> TerminateAsync(CancellationToken cancellationToken = default)
    {
        var response = await _connection.RequestAsync<ProcessTerminateResponse>(
            WireMethod.ProcessTerminate, new ProcessTerminateParams(ProcessId), What("process/terminate"), cancellationToken).ConfigureAwait(false);
        return response.Running;
    }

    /// <summary>Terminates the process unless it is closed, without waiting for that, and drops its output. A second call does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            if (!_inbox.IsClosed)
            {
                _connection.Post(WireMethod.ProcessTerminate, new ProcessTerminateParams(ProcessId));
            }

            _processes.Remove(ProcessId);
            _inbox.Discard();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<bool> SendWriteAsync(ReadOnlyMemory<byte> bytes, bool closeInput, CancellationToken cancellationToken)
    {
        // A write keeps its id when it is repeated over another connection; so it is named here and not where it is sent.
        var writeId = $"w-{Interlocked.Increment(ref _lastWrite)}";
        var request = new PendingRequest<ProcessWriteResponse>(What("process/write"), isUrgent: false, WireJson.Read<ProcessWriteResponse>);
        var response = await _connection.RequestAsync(
            (buffer, id) => WireWriter.WriteRequest(buffer, id, ProcessId, bytes.Span, writeId, closeInput), request, cancellationToken).ConfigureAwait(false);
        return string.Equals(response.Status, WriteStatus.Accepted, StringComparison.Ordinal);
    }

    private string What(string method) => $"{method} of {ProcessId}";
}
