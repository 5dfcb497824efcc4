using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Connections cut anywhere, again and again, while processes write: every byte comes once, in order.</summary>
[Collection(nameof(RunsAlone))]
public sealed class RandomCutTests(ServerFixture fixture, ITestOutputHelper report) : IClassFixture<ServerFixture>
{
    private const int Slice = 400;
    private const int Travellers = 8;
    private const int LinesAtOnce = 60_000; // 780 kB, less than the ring: what is under way at the cut can be read back

    [Fact]
    public async Task Cuts_anywhere_lose_repeat_and_reorder_nothing()
    {
        var rounds = FaultRun.Rounds(Slice);
        var watch = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, Travellers).Select(index => Task.Run(() => TravelAsync(index, rounds / Travellers))));
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Sum(result => result.Cuts)} cuts, {results.Sum(result => result.Bytes) / 1e6:0} MB in {watch.Elapsed.TotalSeconds:0} s, seed {FaultRun.Seed}: 0 bytes lost, repeated or reordered"));
        Assert.Equal(200, (await RawHttp.SendAsync(fixture.Server.Endpoint, "GET", "/readyz")).Status);
    }

    private async Task<(int Cuts, long Bytes)> TravelAsync(int index, int cuts)
    {
        using var traveller = await Traveller.SetOutAsync(fixture.Server, 100 + index, (FaultRun.Seed * 1000) + index, LinesAtOnce);
        await FaultRun.ToldAsync(() => traveller.TravelAsync(cuts), traveller, index, FaultRun.Rounds(Slice), nameof(RandomCutTests));
        return (traveller.Cuts, traveller.Bytes);
    }
}
