using System.Net;
using System.Text;
using ExecActors.Runtime.Connections;
using ExecActors.Server;
using ExecActors.Server.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace ExecActors.Hosting.Tests.Support;

/// <summary>The whole program, run inside the test: its arguments, what it writes, its exit code.</summary>
internal sealed class ServerRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LineWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly MemoryStream _log = new();

    private ServerRun(string[] args, IConnectionAcceptor acceptor, TimeProvider? time, Stream? input, Stream? output, string? exitOnStdinClose)
    {
        var io = new ProgramIo
        {
            Output = _output,
            Error = _error,
            Log = Stream.Synchronized(_log),
            OpenInput = () =>
            {
                OpenedInput = true;
                return input ?? Stream.Null;
            },
            OpenOutput = () => output ?? Stream.Null,
            EnvironmentVariable = name => name is "CODEX_EXEC_SERVER_EXIT_ON_STDIN_CLOSE" ? exitOnStdinClose : null,
            Compose = services =>
            {
                services.AddSingleton(acceptor);
                if (time is not null)
                {
                    services.AddSingleton(time);
                }
            },
            Stop = _stop.Token,
        };
        Ended = Task.Run(() => ProgramCommand.RunAsync(args, io));
    }

    /// <summary>The exit code.</summary>
    public Task<int> Ended { get; }

    public bool OpenedInput { get; private set; }

    public IPEndPoint EndPoint { get; private set; } = null!;

    public string Output => _output.Text;

    public string Error => _error.ToString();

    /// <summary>Complete once the program has ended.</summary>
    public string Log => Encoding.UTF8.GetString(_log.ToArray());

    /// <summary>Runs a command line that does not stay.</summary>
    public static async Task<ServerRun> RunToEndAsync(params string[] args)
    {
        var run = new ServerRun(args, TestAcceptor.Echo(), null, null, null, null);
        await run.Ended.SoonAsync();
        return run;
    }

    public static ServerRun Start(
        string[] args,
        IConnectionAcceptor? acceptor = null,
        TimeProvider? time = null,
        Stream? input = null,
        Stream? output = null,
        string? exitOnStdinClose = null) => new(args, acceptor ?? TestAcceptor.Echo(), time, input, output, exitOnStdinClose);

    /// <summary>Runs <c>serve</c> with further arguments until its banner.</summary>
    public static Task<ServerRun> ServeAsync(params string[] args) => ServeAsync(TestAcceptor.Echo(), time: null, args);

    public static async Task<ServerRun> ServeAsync(IConnectionAcceptor acceptor, TimeProvider? time, params string[] args)
    {
        var run = Start(["serve", .. args], acceptor, time);
        await run.BannerAsync();
        return run;
    }

    public async Task BannerAsync()
    {
        await Task.WhenAny(_output.FirstLine, Ended).SoonAsync();
        Assert.True(_output.FirstLine.IsCompleted, $"the program ended without a banner: {Error}"); // it may have ended right after
        EndPoint = IPEndPoint.Parse((await _output.FirstLine)["ws://".Length..]);
    }

    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(EndPoint);

    /// <summary>Ends it like a signal would.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await Ended.SoonAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _output.DisposeAsync();
        await _error.DisposeAsync();
    }

    private sealed class LineWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstLine => _firstLine.Task;

        public string Text => ToString();

        public override Task FlushAsync()
        {
            if (Text.Split('\n') is [var line, _, ..])
            {
                _firstLine.TrySetResult(line);
            }

            return Task.CompletedTask;
        }
    }
}
