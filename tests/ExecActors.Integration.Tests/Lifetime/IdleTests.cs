using System.Globalization;

using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Lifetime;

/// <summary>A server that has nothing to do does nothing: no timer wakes it, however many clients are connected.</summary>
/// <remarks>
/// Counted in how often its threads went to sleep, which the load of the machine does not change. Compilation in the background ends by itself, so a quiet second is
/// waited for. A clock that ticks a hundred times a second makes more than 500 such sleeps in each.
/// </remarks>
public sealed class IdleTests(ITestOutputHelper output)
{
    private const int Connections = 20;
    private const long MostSleeps = 200;

    [Fact]
    public async Task A_server_that_was_used_rests_while_its_clients_are_idle()
    {
        await using var server = await ServerProcess.StartAsync();
        var clients = new List<WireClient>();
        try
        {
            for (var number = 0; number < Connections; number++)
            {
                var client = await WireClient.OpenAsync(server);
                clients.Add(client);
                await client.RunAsync("used", "echo used");
            }

            var sleeps = await QuietestSecondAsync(server.Pid);
            output.WriteLine($"{sleeps} sleeps in the quietest second");
            Assert.InRange(sleeps, 0, MostSleeps);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    private static async Task<long> QuietestSecondAsync(int pid)
    {
        using var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var quietest = long.MaxValue;
        for (var left = (int)Patience.Limit.TotalSeconds; left > 0 && quietest > MostSleeps; left--)
        {
            var before = SleepsOf(pid);
            await seconds.WaitForNextTickAsync();
            var after = SleepsOf(pid);
            quietest = Math.Min(quietest, after.Sum(thread => thread.Value - before.GetValueOrDefault(thread.Key)));
        }

        return quietest;
    }

    private static Dictionary<string, long> SleepsOf(int pid)
    {
        var sleeps = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var thread in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            try
            {
                var line = File.ReadLines(Path.Combine(thread, "status")).First(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal));
                sleeps[thread] = long.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // the thread has ended
            }
        }

        return sleeps;
    }
}
