using ExecActors.Protocol;
using ExecActors.Runtime.Sessions;
using ExecActors.Runtime.Tests.Support;

using Microsoft.Extensions.Logging;

namespace ExecActors.Runtime.Tests.Sessions;

public sealed class AttachTests : RuntimeTest
{
    [Fact]
    public async Task A_new_session_is_attached_and_answers()
    {
        var client = await AttachAsync();

        Assert.Equal(Wire.Ready(2), await client.AskAsync(Wire.Status(2)));
        Assert.Equal(Wire.Result(3, Wire.EnvironmentInfo), await client.AskAsync("""{"id":3,"method":"environment/info"}"""));
    }

    [Fact]
    public async Task Two_sessions_have_different_ids_and_may_use_the_same_process_id()
    {
        var one = await AttachAsync();
        var two = await AttachAsync();

        Assert.NotEqual(one.SessionId, two.SessionId, StringComparer.Ordinal);
        await StartAsync(one, "p");
        await StartAsync(two, "p");
    }

    [Theory]
    [InlineData("")]
    [InlineData("6b0185d7-f5df-462f-9c26-115aa360d4a2")]
    public async Task A_resume_of_an_unknown_id_is_refused(string id)
    {
        Assert.Equal(new RpcError(-32600, $"unknown session id {id}"), await NewClient().RefusedAsync(resume: id));
    }

    [Fact]
    public async Task A_session_id_is_compared_as_text()
    {
        var client = await AttachAsync();
        client.Leave();

        var upper = client.SessionId.ToUpperInvariant();
        Assert.Equal(new RpcError(-32600, $"unknown session id {upper}"), await NewClient().RefusedAsync(resume: upper));
    }

    [Fact]
    public async Task A_resume_gives_the_same_session_with_its_processes()
    {
        var first = await AttachAsync();
        await StartAsync(first, "p");
        first.Leave();

        var second = await NewClient().AttachAsync(resume: first.SessionId);

        Assert.Equal(first.SessionId, second.SessionId);
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(Wire.ReadResult(2, nextSeq: 1), await second.AskAsync(Wire.Read(2, "p")));
    }

    [Fact]
    public async Task A_session_of_a_live_connection_is_refused_with_the_code_that_clients_retry_on()
    {
        var client = await AttachAsync();

        var error = await NewClient().RefusedAsync(resume: client.SessionId);

        Assert.Equal(new RpcError(-32010, $"session {client.SessionId} is already attached to another connection"), error);
    }

    [Fact]
    public async Task A_refused_connection_may_ask_again()
    {
        var client = NewClient();
        await client.RefusedAsync(resume: "unknown");

        await client.AttachAsync();
    }

    [Fact]
    public async Task A_connection_that_fails_leaves_its_session_detached()
    {
        var first = await AttachAsync();
        Sys.Stop(first.Connection.Ref);
        await WatchEndAsync(first.Connection.Ref);
        await SettledAsync(first);

        var second = await NewClient().AttachAsync(resume: first.SessionId);

        Assert.Equal(first.SessionId, second.SessionId);
    }

    [Fact]
    public async Task A_connection_that_was_gone_before_the_registry_answered_leaves_its_session_detached()
    {
        var client = NewClient();
        Sys.Stop(client.Connection.Ref);
        await WatchEndAsync(client.Connection.Ref);

        client.Open();
        var initialize = await client.Frames.NextAsync();
        var id = Newtonsoft.Json.Linq.JObject.Parse(initialize)["result"]!["sessionId"]!.ToString();
        await IdentityAsync(Registry);
        await IdentityAsync(Registry);
        await NewClient().AttachAsync(resume: id);
    }

    [Fact]
    public async Task A_late_end_of_a_replaced_connection_is_ignored()
    {
        var first = await AttachAsync();
        first.Leave();
        var second = await NewClient().AttachAsync(resume: first.SessionId);

        first.Leave();
        Sys.Stop(first.Connection.Ref);
        await WatchEndAsync(first.Connection.Ref);
        await SettledAsync(second);

        Assert.Equal(Wire.Ready(2), await second.AskAsync(Wire.Status(2)));
        Assert.Equal(-32010, (await NewClient().RefusedAsync(resume: first.SessionId)).Code);
    }

    [Fact]
    public async Task A_drained_registry_refuses_new_sessions_and_resumes_and_keeps_those_it_has()
    {
        var attached = await AttachAsync();
        var detached = await AttachAsync();
        detached.Leave();

        Registry.Tell(RegistryProtocol.Drain.Instance, TestActor);
        await ExpectMsgAsync<RegistryProtocol.Draining>();

        var refusal = new RpcError(-32600, "the server is shutting down; connect to another or try again later");
        Assert.Equal(refusal, await NewClient().RefusedAsync());
        Assert.Equal(refusal, await NewClient().RefusedAsync(resume: detached.SessionId));
        Assert.Equal(Wire.Ready(2), await attached.AskAsync(Wire.Status(2)));
    }

    [Fact]
    public async Task The_registry_survives_a_message_that_fails()
    {
        var client = await AttachAsync();

        Registry.Tell(new RegistryProtocol.ConnectionEnded(default, 1), TestActor); // no id: the lookup throws
        await IdentityAsync(Registry);

        Assert.Equal(["sessions failed on ConnectionEnded and goes on without it"], Lines.At(LogLevel.Error));
        Assert.Equal(Wire.Ready(2), await client.AskAsync(Wire.Status(2)));
        await AttachAsync();
    }

    [Fact]
    public async Task A_session_that_fails_closes_its_connection_and_is_gone_with_its_processes()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        client.Session.Tell(new SessionProtocol.Inbound(client.Epoch, Message: null!), TestActor);

        Assert.Equal(1011, (await client.Frames.CloseAsync()).Code);
        await child.ReleasedAsync();
        await WatchEndAsync(client.Session);
        await IdentityAsync(Registry);
        Assert.Equal([$"session {client.SessionId[..8]} failed; its processes end"], Lines.At(LogLevel.Error));
        Assert.Equal([9], child.Signals);
        Assert.Equal(0, Places.Taken);
        Assert.Equal(new RpcError(-32600, $"unknown session id {client.SessionId}"), await NewClient().RefusedAsync(resume: client.SessionId));
    }
}
