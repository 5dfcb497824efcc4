using System.Globalization;

using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Faults;

/// <summary>A system that has now and then no process, no descriptor or no pid to give: each start is answered truthfully, and nothing stays taken.</summary>
public sealed class StartFaultTests() : RuntimeTest("execactors.limits { processes = 40, processes-per-session = 40 }")
{
    private const int Starts = 300;
    private static readonly (string Text, int Errno)[] _refusals =
    [
        ("Resource temporarily unavailable (os error 11)", 11), ("Too many open files (os error 24)", 24), ("Cannot allocate memory (os error 12)", 12),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Starts_that_the_system_refuses_leave_no_place_and_no_id_taken(int seed)
    {
        var random = new Random(seed);
        var client = await AttachAsync();
        var running = new Dictionary<string, FakeChild>(StringComparer.Ordinal);
        for (var number = 0; number < Starts; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"p{number}");
            if (random.Next(3) == 0)
            {
                var (text, errno) = _refusals[random.Next(_refusals.Length)];
                Host.FailWith(new ProcessStartException(text, errno));
                Assert.Equal(Wire.StartError(2, text, errno: errno), await client.AskAsync(Wire.Start(2, id)));
                Host.FailWith(failure: null);
            }

            // The same id again: the refusal has not used it up.
            running.Add(id, await StartAsync(client, id));
            if (running.Count == Settings.Limits.Processes || random.Next(2) == 0)
            {
                var (ended, child) = running.ElementAt(random.Next(running.Count));
                child.Finish(0);
                Assert.Equal([Wire.Exited(ended, 1, 0), Wire.Closed(ended, 2)], await client.Frames.NextAsync(2));
                running.Remove(ended);
                await SettledAsync(client, rounds: 1);
            }
        }

        await SettledAsync(client);
        Assert.Equal(running.Count, Places.Taken);
    }
}
