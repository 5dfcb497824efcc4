using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class ConcurrentOrderTests() : RuntimeTest("execactors.limits.concurrent-requests = 3")
{
    [Fact]
    public async Task Requests_that_wait_for_a_place_stay_behind_those_that_wait_for_a_start_of_their_process()
    {
        var gate = Host.Hold();
        var client = await AttachAsync();
        client.Send(
            Wire.StartWithStdin(2, "p"), Wire.StartWithStdin(3, "p"), Wire.Write(4, "p", "A", "a"), // three places; the last two wait for the first
            Wire.Write(5, "p", "B", "b"), Wire.Write(6, "p", "C", "c"), Wire.Write(7, "p", "D", "d"));
        await gate.ReachedAsync();
        await SettledAsync(client);
        gate.Open();

        await client.Frames.NextAsync(6);
        Assert.Equal("ABCD", (await Host.NextChildAsync()).Written);
    }
}
