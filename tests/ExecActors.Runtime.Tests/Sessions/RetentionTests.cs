using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class RetentionTests : RuntimeTest
{
    private static readonly TimeSpan _instant = TimeSpan.FromMilliseconds(1);

    private TimeSpan Retention => Settings.Session.Retention;

    [Fact]
    public async Task A_session_can_be_resumed_until_just_before_its_retention_is_over()
    {
        var client = await DetachedAsync();

        Clock.Advance(Retention - _instant);
        await SettledAsync(client);

        await NewClient().AttachAsync(resume: client.SessionId);
    }

    [Fact]
    public async Task A_session_without_a_connection_ends_when_its_retention_is_over()
    {
        var client = await DetachedAsync();

        Clock.Advance(Retention - _instant);
        await SettledAsync(client); // still there
        Clock.Advance(_instant);
        await WatchEndAsync(client.Session);

        Assert.Equal(UnknownSession(client), await NewClient().RefusedAsync(resume: client.SessionId));
    }

    [Fact]
    public async Task A_resume_at_the_boundary_finds_the_session_ended_even_when_the_timer_has_not_come_yet()
    {
        var client = await DetachedAsync();

        // The claim is in the registry's mailbox before the timer's message, and is looked at when the time is over.
        var gate = await HoldAsync(Registry);
        var claim = NewClient();
        claim.Open(resume: client.SessionId);
        Clock.Advance(Retention);
        gate.Open();

        Assert.Equal(UnknownSession(client), (await claim.Connection.ExpectMsgAsync<ExecActors.Runtime.Sessions.RegistryProtocol.Refused>()).Error);
        await WatchEndAsync(client.Session);
    }

    [Fact]
    public async Task A_resume_stops_the_timer_and_the_next_detach_starts_it_whole()
    {
        var first = await DetachedAsync();
        Clock.Advance(Retention - _instant);
        var second = await NewClient().AttachAsync(resume: first.SessionId);

        Clock.Advance(Retention);
        Assert.Equal(Wire.Ready(2), await second.AskAsync(Wire.Status(2)));

        second.Leave();
        await SettledAsync(second);
        Clock.Advance(Retention - _instant);
        var third = await NewClient().AttachAsync(resume: first.SessionId);
        third.Leave();
        await SettledAsync(third);
        Clock.Advance(Retention);
        await WatchEndAsync(first.Session);
    }

    [Fact]
    public async Task An_expired_session_kills_and_releases_its_processes()
    {
        var client = await AttachAsync();
        var one = await StartAsync(client, "one");
        var two = await StartAsync(client, "two");
        client.Leave();
        await SettledAsync(client);
        Assert.Empty(one.Signals); // none dies because a socket did

        Clock.Advance(Retention);
        await WatchEndAsync(client.Session);

        Assert.Equal([9], one.Signals);
        Assert.Equal([9], two.Signals);
        Assert.True(one.IsReleased);
        Assert.True(two.IsReleased);
    }

    [Fact]
    public async Task What_a_closed_process_left_behind_is_ended_with_the_session_and_not_before()
    {
        var client = await AttachAsync();
        var closed = await StartAsync(client, "closed");
        closed.Finish(0);
        await client.Frames.NextAsync(2);
        Assert.Equal(Wire.TerminateResult(2, running: false), await client.AskAsync(Wire.Terminate(2, "closed")));
        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);
        var family = Assert.Single(Host.Families);
        Assert.Same(family, closed.Spec.Family);
        Assert.False(closed.IsEnded); // a client sends terminate after every process
        Assert.False(family.IsEnded);

        client.Leave();
        await SettledAsync(client);
        Clock.Advance(Retention);
        await WatchEndAsync(client.Session);
        await family.EndedAsync();
    }

    [Fact]
    public async Task An_end_that_is_told_twice_does_not_start_the_retention_anew()
    {
        var client = await DetachedAsync();
        Clock.Advance(Retention - _instant);

        client.Leave();
        await SettledAsync(client);
        Clock.Advance(_instant);

        await WatchEndAsync(client.Session);
    }

    [Fact]
    public async Task An_expiry_is_logged_with_the_processes_it_ends_and_without_the_secret_part_of_the_id()
    {
        var client = await AttachAsync();
        await StartAsync(client, "p");
        client.Leave();
        await SettledAsync(client);

        Clock.Advance(Retention);
        await WatchEndAsync(client.Session);
        await IdentityAsync(Registry);

        Assert.Equal([$"session {client.SessionId[..8]} expired; its 1 processes end"], Lines.At(LogLevel.Information));
        Assert.Empty(Lines.At(LogLevel.Error));
    }

    private static RpcError UnknownSession(TestClient client) => new(-32600, $"unknown session id {client.SessionId}");

    private async Task<TestClient> DetachedAsync()
    {
        var client = await AttachAsync();
        client.Leave();
        await SettledAsync(client);
        return client;
    }
}
