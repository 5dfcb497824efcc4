using System.Diagnostics;
using System.Net.Sockets;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>Starting processes, and taking their output.</summary>
internal static class ProcessScenarios
{
    private const int WarmUps = 20;
    private const int Alone = 60;
    private const int Together = 320;
    private const int Width = 32;
    private const long PipeBytes = 256 * 1024 * 1024;
    private const long TerminalBytes = 32 * 1024 * 1024;
    private const int Lines = 200_000;
    private const int LineBytes = 80;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary><c>/bin/true</c>, from start to close.</summary>
    public static void Spawn(ScenarioRun run)
    {
        using var connection = run.Open();
        for (var i = 0; i < WarmUps; i++)
        {
            RunTrue(connection);
        }

        run.ReportMedianMs("spawn: start to closed, one at a time, p50", Alone, _ => RunTrue(connection));
        run.ReportRate("spawn: 32 in flight, one session", "/s", Together, () => SpawnTogether([connection], Width));

        var connections = new List<LoadConnection>();
        try
        {
            for (var i = 0; i < Width; i++)
            {
                connections.Add(run.Open());
            }

            run.ReportRate("spawn: 32 in flight, 32 sessions", "/s", Together, () => SpawnTogether(connections, 1));
        }
        finally
        {
            connections.ForEach(one => one.Dispose());
        }
    }

    /// <summary>Much output through a pipe, through a terminal, and in small writes.</summary>
    public static void Output(ScenarioRun run)
    {
        using var connection = run.Open();
        var gaps = 0;
        long lost = 0;
        Take(PipeBytes / 16, tty: false, "/usr/bin/head", "-c", $"{PipeBytes / 16}", "/dev/zero");
        var cpu = run.Server.CpuSeconds;
        run.ReportRate("output through a pipe", "MiB/s", MiB(PipeBytes), () =>
            Take(PipeBytes, tty: false, "/usr/bin/head", "-c", $"{PipeBytes}", "/dev/zero"));
        run.Report("output through a pipe, processor time of the server", "ms/MiB", Better.Lower, (run.Server.CpuSeconds - cpu) * 1000 / MiB(PipeBytes));
        run.ReportRate("output through a terminal", "MiB/s", MiB(TerminalBytes), () =>
            Take(TerminalBytes, tty: true, "/usr/bin/head", "-c", $"{TerminalBytes}", "/dev/zero"));
        run.ReportRate("output in writes of 80 bytes", "writes/s", Lines, () =>
            Take(Lines * LineBytes, tty: false, "/bin/dd", "if=/dev/zero", $"bs={LineBytes}", $"count={Lines}", "status=none"));
        run.Report("output that had not come by the close", "bytes", Better.Lower, lost);
        run.Report("output notifications out of order", "times", Better.Lower, gaps);
        if (run.MustBeRight && (lost > 0 || gaps > 0))
        {
            throw new LoadException($"{lost} bytes of output had not come by the close, and {gaps} notifications were not numbered in order");
        }

        void Take(long bytes, bool tty, params IEnumerable<string> argv)
        {
            var output = connection.RunToClose(tty, argv);
            lost += bytes - output.Bytes;
            gaps += output.Gaps;
        }
    }

    private static double MiB(long bytes) => bytes / (1024.0 * 1024.0);

    private static void RunTrue(LoadConnection connection) => connection.RunToClose(tty: false, "/bin/true");

    // Keeps that many processes running on each connection until all were started and closed.
    private static void SpawnTogether(IReadOnlyList<LoadConnection> connections, int width)
    {
        var started = 0;
        foreach (var connection in connections)
        {
            for (var i = 0; i < width; i++)
            {
                StartNext(connection);
            }
        }

        var sockets = new List<Socket>();
        var began = Stopwatch.GetTimestamp();
        for (var closed = 0; closed < Together;)
        {
            sockets.Clear();
            sockets.AddRange(connections.Select(connection => connection.Socket));
            Socket.Select(sockets, checkWrite: null, checkError: null, _patience);
            if (sockets.Count == 0 || Stopwatch.GetElapsedTime(began) > _patience)
            {
                throw new LoadException($"{closed} of {Together} processes were closed within a minute");
            }

            foreach (var connection in connections.Where(connection => sockets.Contains(connection.Socket)))
            {
                do
                {
                    if (connection.Next().Method == WireMethod.ProcessClosed)
                    {
                        closed++;
                        StartNext(connection);
                    }
                }
                while (connection.HasMessage);
            }
        }

        void StartNext(LoadConnection connection)
        {
            if (started < Together)
            {
                started++;
                connection.Post("process/start", Remote.StartParams(ScenarioRun.NewName(), tty: false, stdin: false, "/bin/true"));
                connection.Flush();
            }
        }
    }
}
