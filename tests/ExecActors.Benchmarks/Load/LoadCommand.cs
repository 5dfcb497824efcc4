using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ExecActors.Benchmarks.Load;

/// <summary>The command <c>load</c>: starts the servers, measures them by turns, prints the table.</summary>
internal sealed class LoadCommand : IDisposable
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int Interrupted = 130;
    private const double BusyClient = 0.9;

    private readonly LoadOptions _options;
    private readonly Action<string> _progress;
    private readonly ResultTable _table = new();
    private readonly List<string> _failures = [];
    private readonly Dictionary<string, double> _clientLoad = new(StringComparer.Ordinal);
    private readonly List<LoadServer> _servers = [];
    private int _homes;
    private bool _ended; // guarded by _servers

    private LoadCommand(LoadOptions options, Action<string> progress)
    {
        _options = options;
        _progress = progress;
    }

    /// <summary>Runs it.</summary>
    /// <returns>0; 1 when a scenario failed or a server did not start; 2 when the command line is wrong.</returns>
    public static int Run(string[] words, TextWriter output, TextWriter error)
    {
        if (words is ["--help" or "-h"])
        {
            output.WriteLine(LoadOptions.Usage);
            return 0;
        }

        try
        {
            using var command = new LoadCommand(LoadOptions.Parse(words), error.WriteLine);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, command.OnSignal);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, command.OnSignal);
            return command.Measure(output);
        }
        catch (LoadUsageException e)
        {
            error.WriteLine($"{e.Message}\n\n{LoadOptions.Usage}");
            return WrongUsage;
        }
        catch (LoadException e)
        {
            error.WriteLine(e.Message);
            return Failed;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_servers)
        {
            _ended = true;
            _servers.ForEach(server => server.Dispose());
            _servers.Clear();
        }
    }

    private int Measure(TextWriter output)
    {
        var before = Machine.Load();
        var first = Start(_options.First);
        var second = _options.Second is null ? null : Start(_options.Second);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            foreach (var scenario in _options.Scenarios)
            {
                // Who begins changes from round to round, so that neither always has the warmer machine.
                foreach (var isSecond in round % 2 == 1 ? new[] { false, true } : [true, false])
                {
                    if ((isSecond ? second : first) is { } server)
                    {
                        _progress($"round {round} of {_options.Rounds}: {scenario.Name}, {(isSecond ? "second" : "ExecActors")}");
                        Run(scenario, server, isSecond, round);
                    }
                }
            }
        }

        Write(output, before);
        return _failures.Count == 0 ? 0 : Failed;
    }

    private void Run(Scenario scenario, LoadServer server, bool isSecond, int round)
    {
        var command = isSecond ? _options.Second! : _options.First;
        var began = Stopwatch.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        try
        {
            scenario.Run(new ScenarioRun(
                server, mustBeRight: !isSecond, () => Start(command), _options.QuickAck, (figure, value) =>
                {
                    _progress(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name}: {value:0.###} {figure.Unit}"));
                    _table.Add(figure, isSecond, round, value);
                }));
        }
        catch (Exception e) when (e is LoadException or SocketException or IOException)
        {
            _failures.Add($"{scenario.Name}, {(isSecond ? "second" : "ExecActors")}, round {round}: {e.Message}\n{server.Log}");
        }

        var load = (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(began);
        _clientLoad[scenario.Name] = Math.Max(load, _clientLoad.GetValueOrDefault(scenario.Name));
    }

    private LoadServer Start(string command)
    {
        var home = Path.Combine(_options.Home, string.Create(CultureInfo.InvariantCulture, $"home-{Environment.ProcessId}-{Interlocked.Increment(ref _homes)}"));
        LoadServer server;
        lock (_servers)
        {
            // Under the lock, so that none is started behind the back of a signal that has just ended them all.
            if (_ended)
            {
                throw new LoadException("the run was ended by a signal");
            }

            server = LoadServer.Start(command, home);
            _servers.Add(server);
        }

        server.AwaitFirstAnswer();
        return server;
    }

    private void Write(TextWriter output, string loadBefore)
    {
        output.WriteLine($"ExecActors at commit {_options.Commit}: `{_options.First}`  ");
        if (_options.Second is { } second)
        {
            output.WriteLine($"second: `{second}`  ");
        }

        output.WriteLine($"{Machine.Describe()}; load average {loadBefore} before, {Machine.Load()} after  ");
        output.WriteLine($"{_options.Rounds} rounds{(_options.QuickAck ? ", client acknowledges at once" : "")}; ratio: ExecActors to second, median of the rounds\n");
        _table.Write(output, compares: _options.Second is not null);
        output.WriteLine($"\nProcessor time of the load client, of one core at most: {string.Join(", ", _clientLoad.Select(load => $"{load.Key} {load.Value:P0}"))}.");
        foreach (var (scenario, _) in _clientLoad.Where(load => load.Value > BusyClient))
        {
            output.WriteLine($"Figures of {scenario} may be those of the client.");
        }

        foreach (var failure in _failures)
        {
            _progress($"\nfailed: {failure}");
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Dispose();
        Environment.Exit(Interrupted);
    }
}
