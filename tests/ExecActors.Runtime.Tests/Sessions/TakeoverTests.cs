using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class TakeoverTests : RuntimeTest
{
    private const string ResumedElsewhere = "session has been resumed by another connection";

    [Fact]
    public async Task A_takeover_answers_what_waits_closes_the_old_connection_and_attaches_the_newcomer()
    {
        var old = await AttachAsync();
        var child = await StartAsync(old, "p");
        old.Send(Wire.Read(2, "p", ",\"waitMs\":60000"), Wire.Read(3, "p", ",\"waitMs\":60000"));
        await SettledAsync(old);

        var newcomer = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);

        Assert.Equal([Wire.Error(2, -32600, ResumedElsewhere), Wire.Error(3, -32600, ResumedElsewhere)], await old.Frames.NextAsync(2));
        Assert.Equal(CloseReason.TakenOver, await old.Frames.CloseAsync());
        child.Print("hi");
        Assert.Equal(Wire.Output("p", 1, "hi"), await newcomer.Frames.NextAsync());
        Assert.Empty(old.Frames.Now());
    }

    [Fact]
    public async Task Of_two_claimants_one_wins_and_the_other_is_told_to_retry()
    {
        var old = await AttachAsync();
        var winner = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);

        Assert.Equal(-32010, (await NewClient().RefusedAsync(resume: old.SessionId, takeover: true)).Code);
        Assert.Equal(Wire.Ready(2), await winner.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task A_takeover_is_possible_again_once_the_evicted_connection_is_gone()
    {
        var old = await AttachAsync();
        var second = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);
        Sys.Stop(old.Connection.Ref);
        await WatchEndAsync(old.Connection.Ref);
        await IdentityAsync(Registry);

        var third = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);

        Assert.Equal(CloseReason.TakenOver, await second.Frames.CloseAsync());
        Assert.Equal(Wire.Ready(2), await third.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task A_takeover_of_a_detached_session_is_a_resume()
    {
        var old = await AttachAsync();
        old.Leave();

        await NewClient().AttachAsync(resume: old.SessionId, takeover: true);
    }

    [Fact]
    public async Task The_end_of_an_evicted_connection_leaves_the_newcomer_attached()
    {
        var old = await AttachAsync();
        var newcomer = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);

        old.Leave();
        Sys.Stop(old.Connection.Ref);
        await WatchEndAsync(old.Connection.Ref);
        await SettledAsync(newcomer);
        Clock.Advance(Settings.Session.Retention);

        Assert.Equal(Wire.Ready(2), await newcomer.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task A_newcomer_that_leaves_while_the_evicted_connection_closes_can_be_resumed()
    {
        var old = await AttachAsync();
        var newcomer = await NewClient().AttachAsync(resume: old.SessionId, takeover: true);
        newcomer.Leave();

        await NewClient().AttachAsync(resume: old.SessionId);
    }

    [Fact]
    public async Task What_an_evicted_connection_still_sends_is_dropped()
    {
        var old = await AttachAsync();
        await NewClient().AttachAsync(resume: old.SessionId, takeover: true);
        await old.Frames.CloseAsync();

        old.Send(Wire.Status(2), Wire.Write(3, "p", "x", "w"));
        old.Session.Tell(new SessionProtocol.CreditReturned(old.Epoch, 100), TestActor);
        await SettledAsync(old);

        Assert.Empty(old.Frames.Now());
    }
}
