using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

/// <summary>Processes that are forgotten before their linger is over, because too much is kept.</summary>
public sealed class ForgottenEarlyTests() : RuntimeTest("execactors.limits { processes-per-session = 8, closed-bytes-per-session = 1MiB }")
{
    private const int Processes = 8;
    private const int Pieces = 6; // of 64 KiB: more than the session lets one process have under way
    private readonly List<string> _seen = [];

    [Fact]
    public async Task Processes_that_end_behind_a_slow_client_tell_it_everything_before_they_are_forgotten()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var children = new List<FakeChild>();
        for (var number = 0; number < Processes; number++)
        {
            children.Add(await StartAsync(client, $"p{number}"));
        }

        foreach (var child in children)
        {
            for (var piece = 0; piece < Pieces; piece++)
            {
                child.Print(new byte[64 * 1024]);
            }

            child.Finish(0);
            await SettledAsync(client);
        }

        client.Send(Wire.Start(40, "more"));
        Assert.Equal(Wire.Error(40, -32005, "limit reached: limits.closed-bytes-per-session"), await UntilAsync(client, "\"id\":40"));

        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();
        for (var number = 0; number < Processes; number++)
        {
            var name = $"\"p{number}\"";
            await UntilAsync(client, Wire.Closed($"p{number}", Pieces + 2));
            Assert.Equal(Pieces, _seen.Count(frame => frame.Contains("process/output", StringComparison.Ordinal) && frame.Contains(name, StringComparison.Ordinal)));
        }

        await SettledAsync(client);
        Assert.Equal(Wire.Error(50, -32600, "unknown process id p0"), await client.AskAsync(Wire.Read(50, "p0")));
        Assert.Equal(Wire.StartResult(51, "more"), await client.AskAsync(Wire.Start(51, "more")));
    }

    private async Task<string> UntilAsync(TestClient client, string part)
    {
        while (_seen.Find(frame => frame.Contains(part, StringComparison.Ordinal)) is null)
        {
            _seen.Add(await client.Frames.NextAsync());
        }

        return _seen.Find(frame => frame.Contains(part, StringComparison.Ordinal))!;
    }
}
