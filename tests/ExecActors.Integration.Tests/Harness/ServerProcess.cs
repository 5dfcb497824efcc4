using System.Diagnostics;
using System.Net;
using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A running server: its process, what it wrote to stderr, and in WebSocket mode its address.</summary>
/// <remarks>Owns the process; disposing kills it if it still runs. <see cref="StopAsync"/> is the orderly way.</remarks>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptLogCharacters = 64 * 1024;
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly Task _logPump;

    private ServerProcess(Process process)
    {
        _process = process;
        _logPump = PumpLogAsync();
    }

    /// <summary>The server's process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Where it listens; only in WebSocket mode.</summary>
    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The banner line as printed; only in WebSocket mode.</summary>
    public string Banner { get; private set; } = "";

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output; in WebSocket mode what follows the banner.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>What it wrote to stderr so far, the newest part.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a WebSocket server on a free loopback port and waits for its banner.</summary>
    public static Task<ServerProcess> StartAsync(IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null) =>
        ListenAsync(Launch(["--listen", "ws://127.0.0.1:0", .. arguments ?? []], environment));

    /// <summary>As <see cref="StartAsync"/>, through a command that becomes the server (exec) and sets something up for it first.</summary>
    public static Task<ServerProcess> StartWrappedAsync(IReadOnlyList<string> wrapper, string listen, IEnumerable<string>? arguments = null) =>
        ListenAsync(Launch(["--listen", listen, .. arguments ?? []], wrapper: wrapper));

    private static async Task<ServerProcess> ListenAsync(ServerProcess server)
    {
        var banner = await Patience.ForAsync(server.Output.ReadLineAsync(), () => $"the banner; stderr says: {server.Log}");
        if (banner is null || !Uri.TryCreate(banner, UriKind.Absolute, out var uri) || uri.Scheme != "ws")
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"expected one line ws://ADDR:PORT, got '{banner}'; stderr says: {server.Log}");
        }

        server.Banner = banner;
        server.Endpoint = new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port);
        return server;
    }

    /// <summary>Starts the server with exactly these arguments, waiting for nothing.</summary>
    public static ServerProcess Launch(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? wrapper = null)
    {
        string[] command = [.. wrapper ?? [], .. ServerUnderTest.Command, .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in ServerUnderTest.BaseEnvironment.Concat(environment ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> ExitAsync()
    {
        await Patience.ForAsync(_process.WaitForExitAsync(), () => $"the end of the server; stderr says: {Log}");
        await _logPump;
        return _process.ExitCode;
    }

    /// <summary>SIGTERM, and checks that it ends with status 0 and has printed nothing after the banner.</summary>
    public async Task StopAsync()
    {
        Assert.False(_process.HasExited, $"the server ended by itself; stderr says: {Log}");
        Posix.Signal(Pid, PosixSignalNumber.Terminate);
        var rest = await Patience.ForAsync(Output.ReadToEndAsync(), () => "the end of the server's stdout");
        Assert.True(await ExitAsync() == 0, $"status {_process.ExitCode} after SIGTERM; stderr says: {Log}");
        Assert.Equal("", rest);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        await _logPump;
        _process.Dispose();
    }

    private async Task PumpLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_log)
            {
                _log.AppendLine(line);
                if (_log.Length > KeptLogCharacters)
                {
                    _log.Remove(0, _log.Length - KeptLogCharacters);
                }
            }
        }
    }
}
