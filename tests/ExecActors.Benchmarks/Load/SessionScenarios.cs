using System.Diagnostics;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>Servers and sessions that come and go.</summary>
internal static class SessionScenarios
{
    private const int Resumes = 15;
    private const int Sessions = 200;
    private const int ProducedBytes = 1_000_000;
    private const int SessionIsAttached = -32010;
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>From the start of the process to the first answer; memory once it has come to rest.</summary>
    public static void Startup(ScenarioRun run)
    {
        using var server = run.StartFresh();
        run.Report("start to first answer", "ms", Better.Lower, server.StartTime.TotalMilliseconds);
        server.Rest(_rest);
        run.Report("memory at rest (RSS)", "MiB", Better.Lower, server.ResidentMiB);
    }

    /// <summary>A connection that is dropped and its session taken up again by another, without and with 1 MB to be read.</summary>
    public static void Resume(ScenarioRun run)
    {
        var connection = run.Open();
        try
        {
            Again(); // the first costs what first times cost
            run.ReportMedianMs("resume, p50", Resumes, _ => Again());

            var samples = new double[Resumes];
            for (var i = 0; i < Resumes; i++)
            {
                var name = connection.Start(tty: false, stdin: false, "/usr/bin/head", "-c", $"{ProducedBytes}", "/dev/zero");
                connection.ReadToClose(name);
                samples[i] = ScenarioRun.MedianMs(1, _ =>
                {
                    Again();
                    ReadAll(connection, name);
                });
            }

            run.Report("resume and read 1 MB, p50", "ms", Better.Lower, ResultTable.Median(samples));
        }
        finally
        {
            connection.Dispose();
        }

        void Again()
        {
            var session = connection.SessionId;
            connection.Dispose();
            connection = Reattach(run, session);
        }
    }

    /// <summary>Sessions established one after the other on a server that has just begun, the same with a process in each, and the memory of each.</summary>
    public static void Many(ScenarioRun run)
    {
        using var server = run.StartFresh();
        var connections = new List<LoadConnection>();
        try
        {
            connections.Add(run.OpenAt(server));
            server.Rest(_rest);
            var before = server.ResidentMiB;
            run.ReportRate("sessions established", "/s", Sessions, () =>
            {
                for (var i = 0; i < Sessions; i++)
                {
                    connections.Add(run.OpenAt(server));
                }
            });
            server.Rest(_rest);
            run.Report("memory of a session (RSS)", "KiB", Better.Lower, (server.ResidentMiB - before) * 1024 / Sessions);
            run.ReportRate("sessions established, a process started in each", "/s", Sessions, () =>
            {
                for (var i = 0; i < Sessions; i++)
                {
                    connections.Add(run.OpenAt(server));
                    connections[^1].Start(tty: false, stdin: false, "/bin/sleep", "600");
                }
            });
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    // Until the server has noticed that the old connection is gone it refuses, and a client tries again.
    private static LoadConnection Reattach(ScenarioRun run, string session)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return run.Open(session);
            }
            catch (LoadException e) when (e.Code == SessionIsAttached && Stopwatch.GetElapsedTime(began) < _patience)
            {
                // Again at once: the time it takes to notice is part of the figure.
            }
        }
    }

    private static void ReadAll(LoadConnection connection, string processId)
    {
        ulong after = 0;
        long bytes = 0;
        while (true)
        {
            var read = WireJson.Read<ProcessReadResponse>(
                connection.Ask("process/read", $$"""{"processId":"{{processId}}","afterSeq":{{after}},"maxBytes":1048576,"waitMs":0}""").Body)
                ?? throw new LoadException("process/read was answered null");
            bytes += read.Chunks.Sum(chunk => (long)chunk.Chunk.Length);
            if (read.Chunks.Count == 0)
            {
                break;
            }

            after = read.Chunks[^1].Seq;
        }

        if (bytes != ProducedBytes)
        {
            throw new LoadException($"{ProducedBytes} bytes were produced, and after the resume {bytes} could be read");
        }
    }
}
