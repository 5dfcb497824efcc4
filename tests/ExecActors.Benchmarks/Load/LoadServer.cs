using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ExecActors.Benchmarks.Load;

/// <summary>A server that this client started: its own port, a fresh home directory, what it wrote to standard error.</summary>
/// <remarks>Owns the process and the directory; disposing ends the one (SIGTERM, after five seconds SIGKILL) and removes the other.</remarks>
internal sealed partial class LoadServer : IDisposable
{
    private const int Terminate = 15;
    private const int StartPatienceMs = 30_000;
    private const int EndPatienceMs = 5_000;
    private const int KeptLog = 16 * 1024;
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    private readonly Process _process;
    private readonly string _command;
    private readonly Stopwatch _sinceStart;
    private readonly StringBuilder _log = new();
    private bool _disposed;

    private LoadServer(Process process, string command, Stopwatch sinceStart, string home, int port)
    {
        _command = command;
        _sinceStart = sinceStart;
        _process = process;
        Home = home;
        Port = port;
        process.OutputDataReceived += (_, _) => { }; // drained, so that the server does not wait
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Its home directory.</summary>
    public string Home { get; }

    /// <summary>From the start of the process to its first answer.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>The end of its standard error.</summary>
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

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .First();

    /// <summary>Processor time it has used, in seconds; steps of 10 ms.</summary>
    public double CpuSeconds
    {
        get
        {
            var text = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    /// <summary>Starts a server; <see cref="AwaitFirstAnswer"/> comes next.</summary>
    /// <param name="command">Words split at blanks; <c>{port}</c> stands for the port.</param>
    /// <param name="home">The directory that becomes its HOME and CODEX_HOME; made here.</param>
    /// <exception cref="LoadException">The program cannot be started.</exception>
    public static LoadServer Start(string command, string home)
    {
        Directory.CreateDirectory(home);
        var port = FreePort();
        var words = command.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.Environment["HOME"] = start.Environment["CODEX_HOME"] = home;
        var clock = Stopwatch.StartNew();
        try
        {
            return new LoadServer(Process.Start(start) ?? throw new LoadException($"'{command}' did not start"), command, clock, home, port);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Directory.Delete(home, recursive: true);
            throw new LoadException($"'{words[0]}' cannot be started: {e.Message}");
        }
    }

    /// <summary>Waits until it has answered a first request.</summary>
    /// <exception cref="LoadException">It ended, or did not answer in time.</exception>
    public void AwaitFirstAnswer()
    {
        while (true)
        {
            try
            {
                using var connection = LoadConnection.Open(Port, quickAck: false);
                StartTime = _sinceStart.Elapsed;
                return;
            }
            catch (Exception e) when (e is SocketException or LoadException)
            {
                if (_process.WaitForExit(milliseconds: 1))
                {
                    throw new LoadException($"'{_command}' ended with status {_process.ExitCode} before it listened; it said:\n{Log}");
                }

                if (_sinceStart.ElapsedMilliseconds > StartPatienceMs)
                {
                    throw new LoadException($"'{_command}' did not answer on port {Port} within {StartPatienceMs / 1000} s ({e.Message}); does it take the port from there? It said:\n{Log}");
                }
            }
        }
    }

    /// <summary>A pause in which the server has nothing to do; ends at once if it ends.</summary>
    public void Rest(TimeSpan time) => _process.WaitForExit(time);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whoever comes second waits for the first: behind it the process may be left by Environment.Exit.
        lock (_process)
        {
            if (!_disposed)
            {
                _disposed = true;
                End();
            }
        }
    }

    private void End()
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, Terminate);
            if (!_process.WaitForExit(EndPatienceMs))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        try
        {
            Directory.Delete(Home, recursive: true);
        }
        catch (IOException)
        {
            // A helper of the server that still ends may put a file there; the directory is then left.
        }
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
            _log.Remove(0, Math.Max(0, _log.Length - KeptLog));
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
