using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Faults;

/// <summary>The wall clock is set while sessions, processes and reads wait: what is due is a matter of time passed, not of the date.</summary>
public sealed class ClockStepTests : RuntimeTest
{
    private static readonly TimeSpan _instant = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(3650)]
    public async Task A_step_neither_shortens_nor_lengthens_the_life_of_a_detached_session(int days)
    {
        var client = await AttachAsync();
        client.Leave();
        await SettledAsync(client);

        Clock.WallClockStep = TimeSpan.FromDays(days);
        Clock.Advance(Settings.Session.Retention - _instant);
        var back = await NewClient().AttachAsync(resume: client.SessionId);
        back.Leave();
        await SettledAsync(back);

        Clock.WallClockStep = TimeSpan.Zero;
        Clock.Advance(Settings.Session.Retention);
        await WatchEndAsync(back.Session);
        Assert.Equal(
            new RpcError(ErrorCodes.InvalidRequest, $"unknown session id {client.SessionId}"), await NewClient().RefusedAsync(resume: client.SessionId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_step_neither_answers_a_long_poll_nor_holds_it_back(int days)
    {
        var client = await AttachAsync();
        await StartAsync(client, "p");
        client.Send(Wire.Read(2, "p", ",\"waitMs\":1000"));
        await SettledAsync(client);

        Clock.WallClockStep = TimeSpan.FromDays(days);
        Clock.Advance(TimeSpan.FromMilliseconds(999));
        await SettledAsync(client);
        Assert.Empty(client.Frames.Now());

        Clock.Advance(_instant);
        Assert.Equal(Wire.ReadResult(2, nextSeq: 1), await client.Frames.NextAsync());
    }
}
