using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>
/// The disk for output fills up and is freed again while processes write and connections are cut: output may be gone then, and is if a read says so.
/// What is not said to be gone comes once, in order.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class FullDiskTests(ITestOutputHelper report)
{
    private const int Slice = 120;
    private const int Travellers = 4;
    private const int CutsPerSession = 10; // a process whose file has failed goes on without one, so that another is needed to use the disk again
    private const int LinesAtOnce = 120_000; // 1.5 MB, many times the ring
    private const int DiskMegabytes = 128;

    [Fact]
    public async Task With_a_disk_that_is_full_now_and_then_nothing_is_lost_but_what_is_said_to_be()
    {
        var watch = Stopwatch.StartNew();
        await using var disk = await SmallDisk.StartAsync(
            DiskMegabytes, "execactors.process { ring-bytes = 64KiB, spill-bytes = 4MiB, linger = 1s }\nexecactors.session.retention = 30s");
        var journeys = Math.Max(1, FaultRun.Rounds(Slice) / Travellers / CutsPerSession);
        var results = await Task.WhenAll(Enumerable.Range(0, Travellers).Select(index => Task.Run(() => TravelAsync(disk, index, journeys))));
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Sum(result => result.Cuts)} cuts, {disk.Fills} times full, {results.Sum(result => result.Bytes) / 1e6:0} MB in {watch.Elapsed.TotalSeconds:0} s, seed {FaultRun.Seed}: {results.Sum(result => result.Gone)} records lost and said to be, no other"));
        Assert.Contains("No space left on device", disk.Server.Log, StringComparison.Ordinal);

        disk.Free();
        await CheckWholeAgainAsync(disk);
        await disk.Server.StopAsync();
    }

    /// <summary>With room again, output that does not fit into the ring is kept whole: at once, or when the files of those before are forgotten.</summary>
    private static async Task CheckWholeAgainAsync(SmallDisk disk)
    {
        const int Bytes = 1024 * 1024 / CountingOutput.LineBytes * CountingOutput.LineBytes;
        await using var client = await WireClient.OpenAsync(disk.Server);
        var read = new JObject { ["firstSeq"] = 0 };
        for (var (number, patience) = (0, Stopwatch.StartNew()); read["firstSeq"] is not null; number++)
        {
            Assert.True(patience.Elapsed < Patience.Limit, $"output is not kept on a disk that has room again; stderr says: {disk.Server.Log}");
            await client.RunAsync($"p{number}", CountingOutput.Program(Bytes));
            read = await client.ReadAsync($"p{number}");
        }

        var output = new CountingOutput();
        foreach (var chunk in read["chunks"]!)
        {
            output.Add(Convert.FromBase64String((string)chunk["chunk"]!), fromStart: true);
        }

        Assert.Equal(Bytes, output.Length);
    }

    private static async Task<(int Cuts, long Bytes, long Gone)> TravelAsync(SmallDisk disk, int index, int journeys)
    {
        var result = (Cuts: 0, Bytes: 0L, Gone: 0L);
        for (var journey = 0; journey < journeys; journey++)
        {
            using var traveller = await Traveller.SetOutAsync(
                disk.Server, 100 + index, (FaultRun.Seed * 1_000_000) + (journey * Travellers) + index, LinesAtOnce, disk);
            await FaultRun.ToldAsync(() => traveller.TravelAsync(CutsPerSession), traveller, index, FaultRun.Rounds(Slice), nameof(FullDiskTests));
            result = (result.Cuts + traveller.Cuts, result.Bytes + traveller.Bytes, result.Gone + traveller.Gone);
        }

        return result;
    }
}
