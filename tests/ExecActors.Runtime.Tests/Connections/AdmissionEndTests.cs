using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Connections;

public sealed class AdmissionEndTests : ConnectionTest
{
    private static readonly TimeSpan _while = TimeSpan.FromMinutes(90);

    [Fact]
    public async Task A_connection_ends_with_its_token_and_its_session_waits_for_the_next()
    {
        var peer = new ScriptedTransport { AdmittedUntil = Clock.Now + _while };
        var sessionId = await ShakeHandsAsync(peer);
        await StepAsync(_while - TimeSpan.FromMilliseconds(1));
        peer.Send(Wire.Status(2));
        Assert.Equal(Wire.Ready(2), await peer.NextAsync());

        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(CloseReason.TokenExpired, await peer.ClosedAsync());
        await ResumeWhenFreeAsync(sessionId);
    }

    [Fact]
    public async Task A_token_that_ended_on_the_way_in_closes_the_connection_at_once()
    {
        var peer = new ScriptedTransport { AdmittedUntil = Clock.Now };
        _ = Serve(peer);

        Assert.Equal(CloseReason.TokenExpired, await peer.ClosedAsync());
    }

    [Fact]
    public async Task A_token_ends_by_the_wall_clock_also_when_that_is_set()
    {
        var peer = new ScriptedTransport { AdmittedUntil = Clock.Now + _while };
        await ShakeHandsAsync(peer);
        Clock.WallClockStep = _while;

        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(CloseReason.TokenExpired, await peer.ClosedAsync());
    }

    [Fact]
    public async Task A_token_that_ends_at_the_end_of_all_dates_is_no_trouble()
    {
        var peer = new ScriptedTransport { AdmittedUntil = DateTimeOffset.MaxValue };
        await ShakeHandsAsync(peer);
        await StepAsync(TimeSpan.FromMinutes(3));

        peer.Send(Wire.Status(2));
        Assert.Equal(Wire.Ready(2), await peer.NextAsync());
    }

    private async Task<string> ShakeHandsAsync(ScriptedTransport peer)
    {
        _ = Serve(peer);
        peer.Send(Wire.Initialize(1));
        var id = (string)Newtonsoft.Json.Linq.JObject.Parse(await peer.NextAsync())["result"]!["sessionId"]!;
        peer.Send(Wire.Initialized, Wire.Status(9));
        Assert.Equal(Wire.Ready(9), await peer.NextAsync());
        return id;
    }

    // Minute by minute, each handled before the next: the connection looks at the clock again and again.
    private async Task StepAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(1))
        {
            Clock.Advance(left < TimeSpan.FromMinutes(1) ? left : TimeSpan.FromMinutes(1));
            await IdentityAsync(await ResolveAsync("/user/connections/connection-1"));
        }
    }
}
