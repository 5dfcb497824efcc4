using System.Net;

using ExecActors.Protocol;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class SessionPlaceTests() : RuntimeTest(
    """
    execactors.limits { sessions = 4, sessions-per-principal = 3 }
    execactors.session.retention = 200s
    """)
{
    private static readonly RpcError _full = new(-32005, "limit reached: limits.sessions");
    private static readonly RpcError _fullShare = new(-32005, "limit reached: limits.sessions-per-principal");

    [Fact]
    public async Task An_empty_session_of_a_client_that_said_goodbye_is_forgotten_at_once()
    {
        var client = await AttachAsync();
        client.Leave(goodbye: true);

        await WatchEndAsync(client.Session);
        await IsUnknownAsync(client);
    }

    [Fact]
    public async Task One_that_was_cut_is_kept_while_there_is_room()
    {
        var client = await AttachAsync();
        client.Leave();
        await SettledAsync(client);

        await NewClient().AttachAsync(resume: client.SessionId);
    }

    [Fact]
    public async Task One_with_a_process_is_kept_whatever_its_client_said()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Finish(0);
        await client.Frames.NextAsync(2);
        client.Leave(goodbye: true);
        await SettledAsync(client);

        var again = await NewClient().AttachAsync(resume: client.SessionId);
        Assert.Equal(Wire.TerminateResult(2, running: false), await again.AskAsync(Wire.Terminate(2, "p")));
    }

    [Fact]
    public async Task One_that_had_a_process_once_is_kept_while_there_is_room_since_something_of_it_may_live_on()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");
        child.Finish(0);
        await client.Frames.NextAsync(2);
        client.Leave(goodbye: true);
        await SettledAsync(client);
        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);

        await NewClient().AttachAsync(resume: client.SessionId);
    }

    [Fact]
    public async Task Where_there_is_no_room_the_oldest_empty_session_goes_and_first_those_whose_client_said_goodbye()
    {
        var (cut, said, busy) = (await SessionFromAsync(1), await UsedAsync(2), await SessionFromAsync(3));
        var last = await SessionFromAsync(4);
        await LeaveAsync(cut, goodbye: false);
        await LeaveAsync(said, goodbye: true);
        await LeaveAsync(last, goodbye: false);

        await SessionFromAsync(5);
        await IsUnknownAsync(said);
        await SessionFromAsync(5);
        await IsUnknownAsync(cut);
        await SessionFromAsync(6);
        await IsUnknownAsync(last);
        Assert.Equal(_full, await From(6).RefusedAsync());
        Assert.Equal(Wire.Ready(2), await busy.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task Nobody_has_more_than_a_share_and_others_find_room()
    {
        var first = await SessionFromAsync(1);
        await SessionFromAsync(1);
        await SessionFromAsync(1);
        Assert.Equal(_fullShare, await From(1).RefusedAsync());
        await SessionFromAsync(2);
        Assert.Equal(_full, await From(3).RefusedAsync());

        await LeaveAsync(first, goodbye: false);
        await SessionFromAsync(1);
        await IsUnknownAsync(first);
        Assert.Equal(_fullShare, await From(1).RefusedAsync());
    }

    [Fact]
    public async Task A_session_that_was_come_back_to_is_nobodys_to_take()
    {
        var client = await SessionFromAsync(1);
        await LeaveAsync(client, goodbye: false);
        client = await From(1).AttachAsync(resume: client.SessionId);
        await SessionFromAsync(1);
        await SessionFromAsync(1);

        Assert.Equal(_fullShare, await From(1).RefusedAsync());
        Assert.Equal(Wire.Ready(2), await client.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task Whoever_comes_and_goes_keeps_nobody_out()
    {
        for (var round = 0; round < 50; round++)
        {
            await LeaveAsync(await SessionFromAsync(1), goodbye: round % 2 == 0);
        }

        await SessionFromAsync(2);
    }

    [Fact]
    public async Task The_places_of_sessions_that_ended_are_free_again()
    {
        for (var round = 0; round < 2; round++)
        {
            TestClient[] clients = [await UsedAsync(1), await UsedAsync(1), await UsedAsync(1), await UsedAsync(2)];
            foreach (var client in clients)
            {
                await LeaveAsync(client, goodbye: false);
            }

            Clock.Advance(Settings.Session.Retention);
            foreach (var client in clients)
            {
                await WatchEndAsync(client.Session);
            }

            await IdentityAsync(Registry);
        }
    }

    private TestClient From(byte host) =>
        new(Registry, CreateTestProbe(), Settings.Limits) { Principal = Principal.Anyone(new IPAddress([192, 0, 2, host])) };

    private Task<TestClient> SessionFromAsync(byte host) => From(host).AttachAsync();

    // Its process was forgotten with its linger.
    private async Task<TestClient> UsedAsync(byte host)
    {
        var client = await SessionFromAsync(host);
        var child = await StartAsync(client, "p");
        child.Finish(0);
        await client.Frames.NextAsync(2);
        Assert.Equal(Wire.TerminateResult(2, running: false), await client.AskAsync(Wire.Terminate(2, "p")));
        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);
        return client;
    }

    private async Task LeaveAsync(TestClient client, bool goodbye)
    {
        client.Leave(goodbye);
        await IdentityAsync(Registry);
        await IdentityAsync(client.Session);
        await IdentityAsync(Registry);
    }

    private async Task IsUnknownAsync(TestClient client) =>
        Assert.Equal(new RpcError(-32600, $"unknown session id {client.SessionId}"), await NewClient().RefusedAsync(resume: client.SessionId));
}
