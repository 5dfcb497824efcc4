using System.Diagnostics;

namespace ExecActors.Benchmarks.Load;

/// <summary>Files, directly and in a sandbox.</summary>
internal static class FileScenarios
{
    private const int SmallBytes = 1024;
    private const int LargeBytes = 16 * 1024 * 1024;
    private const int LargeTimes = 8;
    private const int BlockBytes = 1024 * 1024;
    private const int Blocks = 128;
    private const int WarmUps = 500;
    private const int Requests = 10_000;
    private const int Width = 64;
    private const int SandboxWarmUps = 5;
    private const int SandboxAtLeast = 20;
    private const int SandboxAtMost = 300;
    private static readonly TimeSpan _sandboxTime = TimeSpan.FromSeconds(1);

    /// <summary>Small files 64 in flight, files of 16 MiB whole, and a file in blocks of 1 MiB.</summary>
    public static void Direct(ScenarioRun run)
    {
        // In memory where there is such a place: a disk would be measured otherwise.
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : run.Server.Home, $"execactors-bench-{Environment.ProcessId}"));
        try
        {
            using var connection = run.Open();
            Measure(run, connection, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A file of 1 KiB written below a workspace root, everything else read-only, again and again: the sandbox is warm if it can be.</summary>
    public static void Sandboxed(ScenarioRun run)
    {
        var workspace = Directory.CreateDirectory(Path.Combine(run.Server.Home, "workspace")).FullName;
        using var connection = run.Open();
        var uri = Remote.Uri(workspace);
        var parameters = Remote.Utf8(
            $$$"""{"path":"{{{uri}}}/f","dataBase64":"{{{Convert.ToBase64String(new byte[SmallBytes])}}}","sandbox":{"permissions":{"type":"managed","file_system":{"type":"restricted","entries":[{"path":{"type":"special","value":{"kind":"root"}},"access":"read"},{"path":{"type":"special","value":{"kind":"project_roots"}},"access":"write"}]},"network":"restricted"},"cwd":"{{{uri}}}","workspaceRoots":["{{{uri}}}"],"windowsSandboxLevel":"disabled"}}""");
        for (var i = 0; i < SandboxWarmUps; i++)
        {
            connection.Ask("fs/writeFile", parameters);
        }

        var samples = new List<double>();
        var began = Stopwatch.GetTimestamp();
        while (samples.Count < SandboxAtLeast || (samples.Count < SandboxAtMost && Stopwatch.GetElapsedTime(began) < _sandboxTime))
        {
            File.Delete(Path.Combine(workspace, "f"));
            samples.Add(ScenarioRun.MedianMs(1, _ => connection.Ask("fs/writeFile", parameters)));
            if (new FileInfo(Path.Combine(workspace, "f")) is not { Exists: true, Length: SmallBytes })
            {
                throw new LoadException($"fs/writeFile was answered, and {workspace}/f is not there with {SmallBytes} bytes");
            }
        }

        run.Report("sandboxed fs/writeFile of 1 KiB, p50", "ms", Better.Lower, ResultTable.Median(samples));
    }

    private static void Measure(ScenarioRun run, LoadConnection connection, string folder)
    {
        File.WriteAllBytes($"{folder}/small", new byte[SmallBytes]);
        var large = new byte[LargeBytes];
        new Random(1).NextBytes(large);
        File.WriteAllBytes($"{folder}/large", large);
        File.WriteAllBytes($"{folder}/blocks", new byte[Blocks * BlockBytes]);

        var small = Remote.Utf8($$"""{"path":"{{Remote.Uri(folder)}}/small"}""");
        foreach (var method in new[] { "fs/getMetadata", "fs/readFile" })
        {
            connection.Pipeline(WarmUps, Width, _ => connection.Post(method, small));
            run.ReportRate(
                method is "fs/readFile" ? "fs/readFile of 1 KiB, 64 in flight" : "fs/getMetadata, 64 in flight", "/s", Requests,
                () => connection.Pipeline(Requests, Width, _ => connection.Post(method, small)));
        }

        var mebibytes = LargeTimes * LargeBytes / (1024.0 * 1024.0);
        var read = Remote.Utf8($$"""{"path":"{{Remote.Uri(folder)}}/large"}""");
        connection.Ask("fs/readFile", read);
        run.ReportRate("fs/readFile of 16 MiB", "MiB/s", mebibytes, () => connection.Pipeline(LargeTimes, 1, _ => connection.Post("fs/readFile", read)));
        var write = Remote.Utf8($$"""{"path":"{{Remote.Uri(folder)}}/written","dataBase64":"{{Convert.ToBase64String(large)}}"}""");
        connection.Ask("fs/writeFile", write);
        run.ReportRate("fs/writeFile of 16 MiB", "MiB/s", mebibytes, () => connection.Pipeline(LargeTimes, 1, _ => connection.Post("fs/writeFile", write)));
        if (!File.ReadAllBytes($"{folder}/written").AsSpan().SequenceEqual(large))
        {
            throw new LoadException("the file that fs/writeFile wrote is not what was sent");
        }

        connection.Ask("fs/open", $$"""{"handleId":"h","path":"{{Remote.Uri(folder)}}/blocks","mode":"read"}""");
        foreach (var width in new[] { 1, 4 })
        {
            run.ReportRate($"fs/readBlock of 1 MiB, {width} in flight", "MiB/s", Blocks, () => connection.Pipeline(
                Blocks, width, i => connection.Post("fs/readBlock", $$"""{"handleId":"h","offset":{{(long)i * BlockBytes}},"len":{{BlockBytes}}}""")));
        }
    }
}
