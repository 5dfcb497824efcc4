using System.Diagnostics;

namespace ExecActors.Benchmarks.Load;

/// <summary>One thing to measure.</summary>
/// <param name="Name">As the command line has it.</param>
/// <param name="Run">Measures one server once.</param>
internal sealed record Scenario(string Name, Action<ScenarioRun> Run)
{
    /// <summary>All there are, in the order of the table.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("startup", SessionScenarios.Startup),
        new("rpc", RpcScenarios.Requests),
        new("spawn", ProcessScenarios.Spawn),
        new("output", ProcessScenarios.Output),
        new("stdin", StdinScenarios.Run),
        new("files", FileScenarios.Direct),
        new("sandbox", FileScenarios.Sandboxed),
        new("http", HttpScenarios.Run),
        new("resume", SessionScenarios.Resume),
        new("sessions", SessionScenarios.Many),
    ];
}

/// <summary>A scenario under way on one server: what it may use, and where its figures go.</summary>
/// <param name="server">Has been running since the first round.</param>
/// <param name="mustBeRight">Whether wrong output is a failure; of a server that is compared with it is a figure.</param>
/// <param name="startFresh">Starts another one like it.</param>
/// <param name="quickAck">Whether to acknowledge at once.</param>
/// <param name="figures">Takes the results.</param>
internal sealed class ScenarioRun(LoadServer server, bool mustBeRight, Func<LoadServer> startFresh, bool quickAck, Action<Figure, double> figures)
{
    private static int s_names;

    /// <summary>The server.</summary>
    public LoadServer Server => server;

    /// <summary>Whether wrong output is a failure.</summary>
    public bool MustBeRight => mustBeRight;

    /// <summary>A connection with a session of its own.</summary>
    public LoadConnection Open(string? resume = null) => LoadConnection.Open(server.Port, quickAck, resume);

    /// <summary>A connection to another server.</summary>
    public LoadConnection OpenAt(LoadServer other) => LoadConnection.Open(other.Port, quickAck);

    /// <summary>Another server like this one; the caller disposes it.</summary>
    public LoadServer StartFresh() => startFresh();

    /// <summary>A name that was not used before in this run.</summary>
    public static string NewName() => $"p{Interlocked.Increment(ref s_names)}";

    /// <summary>Keeps a result.</summary>
    public void Report(string name, string unit, Better better, double value) => figures(new Figure(name, unit, better), value);

    /// <summary>Runs something so many times and keeps the median time in milliseconds.</summary>
    public void ReportMedianMs(string name, int times, Action<int> work) => Report(name, "ms", Better.Lower, MedianMs(times, work));

    /// <summary>The median time in milliseconds.</summary>
    public static double MedianMs(int times, Action<int> work)
    {
        var samples = new double[times];
        for (var i = 0; i < times; i++)
        {
            var began = Stopwatch.GetTimestamp();
            work(i);
            samples[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return ResultTable.Median(samples);
    }

    /// <summary>Runs something once and keeps how much of it was done in a second.</summary>
    public void ReportRate(string name, string unit, double amount, Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        Report(name, unit, Better.Higher, amount / Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}

/// <summary>Which way a figure is good.</summary>
internal enum Better
{
    /// <summary>Times, memory.</summary>
    Lower,

    /// <summary>Rates.</summary>
    Higher,
}

/// <summary>A line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Better">Which way it is good.</param>
internal sealed record Figure(string Name, string Unit, Better Better);
