#pragma warning disable CA2000 // standard error stays open as long as the program; leases pass to the observer, who disposes them
using System.Threading.Channels;
using ExecActors.Platform;

namespace ExecActors.Client.Transports;

/// <summary>A connection to a server that is our child: one message is one line of its standard input or output.</summary>
/// <remarks>
/// The server leads a session of its own, so that a ctrl-C meant for us does not reach it. It ends when its standard input does: with
/// <see cref="EndSendingAsync"/>, or with this process, however that ends.
/// </remarks>
internal sealed class PrivateServerTransport : IClientTransport, IChildObserver
{
    private const int StdoutCredit = 1024 * 1024;
    private const int StderrCredit = 64 * 1024;

    private static readonly UnboundedChannelOptions s_single = new() { SingleReader = true, SingleWriter = true };

    private readonly LinuxProcessHost _host;
    private readonly IChildProcess _child;
    private readonly LineSplitter _lines;
    private readonly TimeSpan _closeTimeout;
    private readonly Channel<ByteLease> _stdout = Channel.CreateUnbounded<ByteLease>(s_single); // bounded by the credit
    private readonly Channel<ByteLease> _stderr = Channel.CreateUnbounded<ByteLease>(s_single);
    private readonly Channel<bool> _stdinReady = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _relayingErrors;

    private PrivateServerTransport(LinuxProcessHost host, IChildProcess child, PrivateServerOptions server, ExecClientOptions options)
    {
        _host = host;
        _child = child;
        _closeTimeout = options.CloseTimeout;
        _lines = new LineSplitter(options.MaxMessageBytes);
        Peer = $"the private server {server.Command[0]}";
        _relayingErrors = RelayErrorsAsync(server.ErrorOutput ?? DescriptorStream.OpenError(dropsUnread: true));
        child.Begin(this);
        child.GrantRead(OutputStreamKind.Stdout, StdoutCredit);
        child.GrantRead(OutputStreamKind.Stderr, StderrCredit);
    }

    /// <inheritdoc/>
    public string Peer { get; }

    /// <summary>Starts the server.</summary>
    /// <exception cref="ExecConnectionException">It cannot be started.</exception>
    public static PrivateServerTransport Start(PrivateServerOptions server, ExecClientOptions options)
    {
        var here = WorkingDirectory.Find();
        var directory = server.WorkingDirectory ?? (here.IsGone
            ? throw new ExecConnectionException($"cannot start the private server {server.Command[0]}", "the current directory does not exist any more")
            : here.Path);
        var host = new LinuxProcessHost((_, _) => { }); // what fails here, fails the child's own streams, which are noticed
        try
        {
            var child = host.Start(new ProcessSpec
            {
                Argv = server.Command,
                Cwd = NativeText.ToBytes(directory),
                Environment = server.Environment ?? ProgramEnvironment.Variables(),
                Io = ProcessIo.PipesWithStdin,
            });
            return new PrivateServerTransport(host, child, server, options);
        }
        catch (ProcessStartException e)
        {
            host.Dispose();
            throw new ExecConnectionException($"cannot start the private server {server.Command[0]}", e.Message, e);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> line;
        while (!_lines.TryTake(out line))
        {
            if (!await _stdout.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_stdout.Reader.TryRead(out var lease))
            {
                throw new IOException(await EndTextAsync(cancellationToken).ConfigureAwait(false));
            }

            var taken = lease.Length;
            _lines.Give(lease);
            _child.GrantRead(OutputStreamKind.Stdout, taken);
        }

        return line;
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(MessageBuffer message, CancellationToken cancellationToken)
    {
        message.GetSpan(1)[0] = (byte)'\n';
        message.Advance(1);
        var bytes = message.Written;
        while (true)
        {
            var taken = _child.TryWrite(bytes.Span);
            if (taken < 0)
            {
                throw new IOException("the private server does not read its standard input any more");
            }

            bytes = bytes[taken..];
            if (bytes.IsEmpty)
            {
                return;
            }

            await _stdinReady.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask EndSendingAsync(CancellationToken cancellationToken)
    {
        _child.CloseStdin();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _child.CloseStdin();
        try
        {
            await _exited.Task.WaitAsync(_closeTimeout).ConfigureAwait(false);
            await _relayingErrors.WaitAsync(_closeTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Releasing it kills it; what it had to say has nobody to take it.
        }

        _child.Release();
        _host.Dispose();
        _stderr.Writer.TryComplete();
        _lines.Dispose();
    }

    /// <inheritdoc/>
    void IChildObserver.OnOutput(OutputStreamKind stream, ByteLease bytes)
    {
        if (!(stream == OutputStreamKind.Stderr ? _stderr : _stdout).Writer.TryWrite(bytes))
        {
            bytes.Dispose();
        }
    }

    /// <inheritdoc/>
    void IChildObserver.OnOutputEnded(OutputStreamKind stream) => (stream == OutputStreamKind.Stderr ? _stderr : _stdout).Writer.TryComplete();

    /// <inheritdoc/>
    void IChildObserver.OnStdinReady() => _stdinReady.Writer.TryWrite(true);

    /// <inheritdoc/>
    void IChildObserver.OnExited(ExitStatus status)
    {
        // A program it left behind may hold its streams; it is not the server.
        _stdout.Writer.TryComplete();
        _stderr.Writer.TryComplete();
        _exited.TrySetResult(status);
    }

    private async Task RelayErrorsAsync(Stream output)
    {
        await foreach (var lease in _stderr.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            using (lease)
            {
                try
                {
                    await output.WriteAsync(lease.Memory).ConfigureAwait(false);
                    await output.FlushAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    // Nobody reads what the server has to say; it must not wait for that.
                }

                _child.GrantRead(OutputStreamKind.Stderr, lease.Length);
            }
        }
    }

    // Its streams end a moment before the kernel tells of its exit.
    private async Task<string> EndTextAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await _exited.Task.WaitAsync(_closeTimeout, cancellationToken).ConfigureAwait(false);
            return status.Signal == 0 ? $"it ended with exit code {status.Code}" : $"it was ended by signal {status.Signal}";
        }
        catch (TimeoutException)
        {
            return "it closed its standard output";
        }
    }
}
