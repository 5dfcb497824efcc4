using System.Globalization;

namespace ExecActors.Integration.Tests.Lifetime;

/// <summary>Processes that try to outlive the one that started them, each its own way, and what became of them.</summary>
/// <remarks>Each is a <c>sleep</c> of a length that only it has, by which it is found: the pids that a sandbox sees say nothing outside.</remarks>
public sealed class Runaways
{
    // %s becomes the sleep. Each says a word once it has gone its way, and lets go of the pipes.
    private static readonly (string Name, string Script)[] Ways =
    [
        ("plain child", "%s > /dev/null 2>&1 & echo plain"),
        ("session of its own", "setsid sh -c 'echo session; exec %s > /dev/null 2>&1' &"),
        ("double fork", "setsid sh -c '(sh -c \"echo daemon; exec %s < /dev/null > /dev/null 2>&1\" &)'"),
        ("ignores signals", "sh -c 'trap \"\" TERM HUP INT QUIT; echo deaf; exec %s > /dev/null 2>&1' &"),
        ("nohup", "nohup %s > /dev/null 2>&1 & echo nohup"),
        ("empty environment, double fork", "setsid env -i /bin/sh -c '(/bin/sh -c \"echo bare; exec /bin/%s < /dev/null > /dev/null 2>&1\" &)'"),
    ];

    private static int _lastLength = Environment.ProcessId * 100;
    private readonly List<(string Name, int Pid, Task End)> _processes;

    private Runaways(IEnumerable<(string Name, int Pid)> found) =>
        _processes = [.. found.Select(process => (process.Name, process.Pid, Posix.EndOfProcessAsync(process.Pid)))];

    /// <summary>Those that still run.</summary>
    public IReadOnlyList<string> Alive => [.. _processes.Where(process => !process.End.IsCompleted).Select(process => process.Name)];

    /// <summary>The pid of one of them.</summary>
    public int PidOf(string name) => _processes.First(process => process.Name == name).Pid;

    /// <summary>Starts a process that makes one of each, and waits until all have gone their way. The process itself runs on.</summary>
    public static async Task<Runaways> StartAsync(WireClient client, string processId, JObject? sandbox = null)
    {
        var lengths = Ways.ToDictionary(way => way.Name, _ => Interlocked.Increment(ref _lastLength).ToString(CultureInfo.InvariantCulture));
        var script = string.Join('\n', Ways.Select(way => way.Script.Replace("%s", $"sleep {lengths[way.Name]}", StringComparison.Ordinal)));
        var start = WireClient.ScriptParams(processId, $"{script}\nexec sleep {lengths.Values.First()}9");
        start["sandbox"] = sandbox;
        await client.ResultAsync("process/start", start);
        var said = 0;
        while (said < Ways.Length)
        {
            var output = await client.NotificationAsync("process/output", processId);
            said += Convert.FromBase64String((string)output["chunk"]!).Count(letter => letter == '\n');
        }

        var found = new List<(string Name, int Pid)>();
        foreach (var (name, length) in lengths)
        {
            found.Add((name, await FindAsync(client, name, length)));
        }

        found.Add(("leader", await FindAsync(client, "leader", lengths.Values.First() + "9")));
        return new Runaways(found);
    }

    /// <summary>Waits until all have ended, as long as the server may take for it.</summary>
    public async Task AssertEndAsync(TimeSpan allowed)
    {
        try
        {
            await Task.WhenAll(_processes.Select(process => process.End)).WaitAsync(allowed);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"after {allowed.TotalSeconds:0} s still alive: {string.Join("; ", Alive)}");
        }
    }

    /// <summary>Ends what is left, after a test that shows that something is.</summary>
    public async Task EndAsync()
    {
        foreach (var (_, pid, end) in _processes.Where(process => !process.End.IsCompleted))
        {
            Posix.Signal(pid, PosixSignalNumber.Kill);
            await end;
        }
    }

    // Having said its word it is a moment from its exec. Nothing tells of that, so each look is an exchange with the server.
    private static async Task<int> FindAsync(WireClient client, string name, string length)
    {
        var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (true)
        {
            if (ProcFs.WithArguments("sleep", length).Concat(ProcFs.WithArguments("/bin/sleep", length)).ToList() is [var pid, ..])
            {
                return pid;
            }

            Assert.True(Environment.TickCount64 < patience, $"no process of the way: {name}");
            await client.ResultAsync("environment/info", new JObject());
        }
    }
}
