#pragma warning disable CA2000 // a transport passes to the connection, the connection to the client, which disposes it
using System.Globalization;
using ExecActors.Client.Connections;
using ExecActors.Client.Processes;
using ExecActors.Client.Transports;
using ExecActors.Platform;
using ExecActors.Protocol;

namespace ExecActors.Client;

/// <summary>One session on an exec-server. Safe to use from several threads.</summary>
/// <remarks>
/// Output that is not taken is bounded (<see cref="ExecClientOptions.OutputBufferBytes"/>): at the bound of one process the client stops reading
/// its connection, so the other processes of this client and the answers to its writes wait too. Answers to everything else, to a terminate for
/// instance, are still fetched, for which the output of a process may grow to 16 times the bound. Read each process's output, or dispose the process.
/// When the connection is lost the client stays lost: the server keeps the session for a while, but this client does not resume it.
/// </remarks>
public sealed class ExecClient : IAsyncDisposable
{
    internal const string CloseInputCapability = "processCloseStdin";

    private readonly RpcConnection _connection;
    private readonly ProcessTable _processes;
    private long _lastProcess;

    private ExecClient(RpcConnection connection, ProcessTable processes, InitializeResponse response)
    {
        _connection = connection;
        _processes = processes;
        SessionId = response.SessionId;
        EnvironmentInfo = response.EnvironmentInfo;
    }

    /// <summary>The session's id. Who knows it may resume the session: treat it like a password.</summary>
    public string SessionId { get; }

    /// <summary>What the server says of itself; null from servers that are older than this.</summary>
    public EnvironmentInfo? EnvironmentInfo { get; }

    /// <summary>Opens a session on a server that listens.</summary>
    /// <param name="url">A ws or wss URL, for example <c>ws://127.0.0.1:4433</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The URL is of another scheme, or an option is outside its range.</exception>
    /// <exception cref="ExecConnectionException">Nobody answers there, the server refuses, or what answers is no exec-server.</exception>
    /// <exception cref="ExecRequestException">The server refuses the session.</exception>
    public static async Task<ExecClient> ConnectAsync(Uri url, ExecClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || url.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException($"An exec-server has a ws or wss URL, not '{url}'.", nameof(url));
        }

        var checkedOptions = Checked(options);
        var transport = await WebSocketTransport.ConnectAsync(url, checkedOptions, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(transport, checkedOptions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a server as a child that serves this client alone, and opens a session on it. It ends with the client.</summary>
    /// <param name="server">How to start it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempt, and the server.</param>
    /// <exception cref="ExecConnectionException">It cannot be started, or ended at once; its standard error says why.</exception>
    /// <exception cref="ExecRequestException">The server refuses the session.</exception>
    public static async Task<ExecClient> StartPrivateAsync(
        PrivateServerOptions server, ExecClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var checkedOptions = Checked(options);

        // Looking for the program and starting it may block on a slow file system.
        var transport = await Task.Run(() => PrivateServerTransport.Start(server, checkedOptions), cancellationToken).ConfigureAwait(false);
        _ = Task.Run(CodecWarmUp.Run, CancellationToken.None);
        return await OpenAsync(transport, checkedOptions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a session over a transport, which the client owns from then on, also when it fails.</summary>
    internal static async Task<ExecClient> OpenAsync(IClientTransport transport, ExecClientOptions options, CancellationToken cancellationToken)
    {
        var gate = new ReadGate(options.OutputBufferBytes);
        var processes = new ProcessTable(gate);
        var connection = new RpcConnection(transport, processes, gate, options.CloseTimeout);
        try
        {
            var response = await connection.RequestAsync<InitializeResponse>(
                WireMethod.Initialize, new InitializeParams(options.ClientName), "initialize", cancellationToken).ConfigureAwait(false);
            await connection.NotifyAsync(WireMethod.Initialized, null, cancellationToken).ConfigureAwait(false);
            return new ExecClient(connection, processes, response);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a process.</summary>
    /// <param name="request">What to start.</param>
    /// <param name="cancellationToken">Ends the attempt: a process that was started all the same is terminated.</param>
    /// <exception cref="ArgumentException">The command is empty, or a text is none that a message can carry.</exception>
    /// <exception cref="ExecRequestException">The server cannot start it; the message says why.</exception>
    /// <exception cref="ExecConnectionException">There is no connection, or none any more.</exception>
    public async Task<RemoteProcess> StartProcessAsync(ProcessStartRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Command.Count == 0)
        {
            throw new ArgumentException("The command needs at least a program.", nameof(request));
        }

        StartCheck.Require(request);

        var id = string.Create(CultureInfo.InvariantCulture, $"p-{Interlocked.Increment(ref _lastProcess)}");
        var parameters = new ProcessStartParams(id, request.Command, DirectoryUri(request.WorkingDirectory), request.Environment, Tty: false)
        {
            PipeStdin = request.PipeInput,
            EnvPolicy = request.EnvironmentPolicy,
        };
        var inbox = _processes.Add(id);
        try
        {
            var started = await _connection.RequestAsync<ProcessStartResponse>(
                WireMethod.ProcessStart, parameters, $"process/start of {request.Command[0]}", cancellationToken).ConfigureAwait(false);
            return new RemoteProcess(_connection, _processes, inbox, started, EnvironmentInfo?.Can(CloseInputCapability) ?? false);
        }
        catch (Exception e)
        {
            _processes.Remove(id);
            if (e is OperationCanceledException)
            {
                _connection.Post(WireMethod.ProcessTerminate, new ProcessTerminateParams(id));
            }

            throw;
        }
    }

    /// <summary>
    /// Closes the connection. A private server ends, and all its processes with it; one that listens keeps the session, and the processes in it,
    /// for its retention. Waits at most <see cref="ExecClientOptions.CloseTimeout"/> for each step.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _processes.DiscardAll();
        return _connection.DisposeAsync();
    }

    private string DirectoryUri(string? directory) => directory switch
    {
        null => EnvironmentInfo?.Cwd ?? "file:///",
        ['/', ..] => PathUri.FromNative(NativeText.ToBytes(directory)),
        _ => directory,
    };

    private static ExecClientOptions Checked(ExecClientOptions? options)
    {
        options ??= new ExecClientOptions();
        return options is { OutputBufferBytes: > 0, MaxMessageBytes: > 0 } && options.CloseTimeout > TimeSpan.Zero
            ? options
            : throw new ArgumentException($"Every bound has to be more than zero: {options with { BearerToken = null }}", nameof(options));
    }
}
