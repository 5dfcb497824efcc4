using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Sessions, processes, reads and cuts for as long as is asked: the server ends as it began.</summary>
/// <remarks>
/// <c>EXECACTORS_SOAK_MINUTES</c>: how long; a few seconds unless given, which only show that nothing countable is left. Of minutes and more the growth
/// of memory, descriptors, threads and children over the last three quarters is judged too, by <see cref="Samples.Growth"/>.
/// </remarks>
[Collection(nameof(RunsAlone))]
public sealed class SoakTests(SoakTests.QuickFixture fixture, ITestOutputHelper report) : IClassFixture<SoakTests.QuickFixture>
{
    private const int Workers = 4;
    private const int CutsPerSession = 4;
    private const int LinesAtOnce = 20_000;
    private const double AllowedMegabytes = 16;
    private const double AllowedCount = 4;
    private const int MoreThreads = 48; // the pools' own size on a small machine, blocking-io's included
    private static readonly TimeSpan _slice = TimeSpan.FromSeconds(6);

    // What is kept for sessions that may come back is memory in use: at a pace of their own, and not as fast as the machine may be just now, they are equally many all the time.
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(400);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Samples _memory = new();
    private readonly Samples _descriptors = new();
    private readonly Samples _threads = new();
    private readonly Samples _children = new();
    private int _sessions;

    [Fact]
    public async Task Churn_leaves_nothing_behind_and_nothing_grows()
    {
        var minutes = Environment.GetEnvironmentVariable("EXECACTORS_SOAK_MINUTES") is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : 0;
        var threads = ProcFs.Threads(fixture.Server.Pid);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => ChurnAsync(worker, minutes > 0 ? TimeSpan.FromMinutes(minutes) : _slice))));
        Assert.True(_sessions >= Workers, "no churn at all");
        Assert.InRange(ProcFs.Threads(fixture.Server.Pid), 1, threads + MoreThreads);

        // What is countable is compared exactly when the class ends, by the fixture's leak check.
        var growth = (Memory: _memory.Growth(), Descriptors: _descriptors.Growth(), Threads: _threads.Growth(), Children: _children.Growth());
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{_sessions} sessions in {_watch.Elapsed.TotalMinutes:0.0} min, seed {FaultRun.Seed}; growth: {growth}; MiB {_memory.Span()}, threads {_threads.Span()}"));
        if (minutes >= 1)
        {
            Assert.InRange(growth.Memory, double.MinValue, AllowedMegabytes);
            Assert.InRange(growth.Descriptors, double.MinValue, AllowedCount);
            Assert.InRange(growth.Threads, double.MinValue, AllowedCount);
            Assert.InRange(growth.Children, double.MinValue, AllowedCount);
        }
    }

    private async Task ChurnAsync(int worker, TimeSpan duration)
    {
        using var pace = new PeriodicTimer(_pace);
        while (_watch.Elapsed < duration && await pace.WaitForNextTickAsync())
        {
            var number = Interlocked.Increment(ref _sessions);
            using (var traveller = await Traveller.SetOutAsync(fixture.Server, 100 + worker, unchecked((FaultRun.Seed * 1_000_000) + number), LinesAtOnce))
            {
                await traveller.TravelAsync(CutsPerSession);
            }

            await LeaveOpenAsync();
            if (worker == 0)
            {
                Sample();
            }
        }
    }

    /// <summary>A client that goes away with a file, a watch and a long poll open.</summary>
    private async Task LeaveOpenAsync()
    {
        using var folder = new FileTree().File("x", "content");
        await using var client = await fixture.OpenAsync();
        await client.ResultAsync("fs/open", new JObject { ["handleId"] = "h", ["path"] = folder.Uri("x") });
        await client.ResultAsync("fs/watch", new JObject { ["watchId"] = 1, ["path"] = folder.Uri() });
        await client.ResultAsync("fs/watchMissing", new JObject { ["watchId"] = 1, ["missing"] = new JArray(folder.Uri("missing")) });
        await client.RunAsync("p", "echo out");
        await client.PostAsync("process/read", WireClient.ReadParams("p", afterSeq: 1000, waitMs: 60_000));
        client.Socket.Connection.Reset();
    }

    private void Sample()
    {
        var time = _watch.Elapsed.TotalSeconds;
        _memory.Add(time, ProcFs.ResidentBytes(fixture.Server.Pid) / 1048576.0);
        _descriptors.Add(time, ProcFs.Descriptors(fixture.Server.Pid).Count);
        _threads.Add(time, ProcFs.Threads(fixture.Server.Pid));
        _children.Add(time, ProcFs.Children(fixture.Server.Pid).Count);
    }

    /// <summary>A server that soon forgets what nobody comes back for, so that minutes show what else a day would.</summary>
    public sealed class QuickFixture() : ConfiguredServerFixture("execactors { session.retention = 30s, process.linger = 30s }");
}
