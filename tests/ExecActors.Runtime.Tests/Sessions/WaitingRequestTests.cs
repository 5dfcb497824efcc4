using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class WaitingRequestTests() : RuntimeTest("execactors.limits.waiting-requests = 2")
{
    private const string Wait = ",\"waitMs\":1000";

    [Fact]
    public async Task A_request_that_could_wait_is_refused_at_the_bound_and_others_are_not()
    {
        var client = await AttachAsync();
        await StartAsync(client, "p");
        client.Send(Wire.Read(2, "p", Wait), Wire.Read(3, "p", Wait));
        await SettledAsync(client);

        var refusal = Wire.Error(4, -32005, "limit reached: limits.waiting-requests");
        Assert.Equal(refusal, await client.AskAsync(Wire.Read(4, "p", Wait)));
        Assert.Equal(refusal, await client.AskAsync(Wire.Write(4, "p", "x", "w")));
        Assert.Equal(Wire.ReadResult(5, nextSeq: 1), await client.AskAsync(Wire.Read(5, "p")));
        Assert.Equal(Wire.TerminateResult(6, running: true), await client.AskAsync(Wire.Terminate(6, "p")));

        Clock.Advance(TimeSpan.FromSeconds(1));
        await client.Frames.NextAsync(2);
        client.Send(Wire.Read(7, "p", Wait));
        await SettledAsync(client);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Wire.ReadResult(7, nextSeq: 1), await client.Frames.NextAsync());
    }
}
