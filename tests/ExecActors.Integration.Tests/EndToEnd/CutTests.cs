using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>A connection that is cut again and again at full speed: nothing is lost, repeated or reordered.</summary>
/// <remarks>EXECACTORS_TEST_SEED repeats a run that failed.</remarks>
public sealed class CutTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Cuts = 50;
    private const int MostBetween = 6 * 1024 * 1024;
    private const long Endless = 11L * 1024 * 1024 * 1024 * 16;

    [Fact]
    public async Task Fifty_cuts_at_random_bytes_lose_nothing()
    {
        var seed = Environment.GetEnvironmentVariable("EXECACTORS_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        try
        {
            await RunAsync(new Random(seed));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"failed with EXECACTORS_TEST_SEED={seed}", exception);
        }
    }

    private async Task RunAsync(Random random)
    {
        var client = new CutClient(fixture.Server);
        await using var owner = await fixture.OpenAsync();
        await owner.StartAsync(WireClient.ScriptParams("p", CountingOutput.Program(Endless)));
        await owner.NotificationAsync("process/output", "p");
        owner.Socket.Connection.Reset();
        for (var cut = 0; cut < Cuts; cut++)
        {
            await client.ResumeAsync(owner.SessionId);
            await client.TakeAsync(random.Next(MostBetween));
            client.Cut();
        }

        Assert.True(client.Received > Cuts, "little came between the cuts");
        await using var last = await fixture.OpenAsync(owner.SessionId);
        Assert.True(await last.TerminateAsync("p"));
    }
}
