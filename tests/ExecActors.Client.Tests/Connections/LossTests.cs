using ExecActors.Client.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Client.Tests.Connections;

public class LossTests
{
    [Fact]
    public async Task A_lost_connection_fails_every_request_under_way_and_names_what_was_asked_and_why()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client, pipeInput: true);
        var writing = process.WriteAsync(new byte[3]);
        await server.HearAsync("process/write");
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["other"] });
        await server.HearAsync("process/start");

        server.End("the cable was cut");

        var write = await Assert.ThrowsAsync<ExecConnectionException>(writing.SoonAsync);
        Assert.Equal("process/write of p-1 over the script: the connection was lost before the answer came: the cable was cut", write.Message);
        var start = await Assert.ThrowsAsync<ExecConnectionException>(starting.SoonAsync);
        Assert.Contains("process/start of other", start.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_came_before_the_loss_can_be_read_and_then_the_loss_is_thrown()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);
        server.Output(1, "a");
        server.Output(2, "b");
        server.End("the cable was cut");

        var exit = await Assert.ThrowsAsync<ExecConnectionException>(process.ExitCode.SoonAsync);
        Assert.Contains("the cable was cut", exit.Message, StringComparison.Ordinal);
        Assert.Equal(["1 Stdout a", "2 Stdout b"], await process.NextAsync(2));
        await Assert.ThrowsAsync<ExecConnectionException>(process.AllAsync);
    }

    [Fact]
    public async Task After_the_loss_every_request_fails_at_once()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);
        server.End("the cable was cut");
        await Assert.ThrowsAsync<ExecConnectionException>(process.ExitCode.SoonAsync);

        var terminate = await Assert.ThrowsAsync<ExecConnectionException>(() => process.TerminateAsync().SoonAsync());
        Assert.Equal("process/terminate of p-1 over the script: there is no connection any more: the cable was cut", terminate.Message);
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["x"] });
        await Assert.ThrowsAsync<ExecConnectionException>(starting.SoonAsync);
    }

    [Theory]
    [InlineData("no json", "no message")]
    [InlineData("""{"error":{"code":-32600,"message":"failed to parse"},"id":-1}""", "could not read a request: failed to parse")]
    [InlineData("""{"method":"process/output","params":{"processId":"p-1"}}""", "output that cannot be read: missing field `seq`")]
    [InlineData("""{"method":"process/output","params":{"processId":"p-1","seq":1,"stream":"stdout","chunk":"%"}}""", "output that cannot be read")]
    [InlineData("""{"method":"process/output","params":{"processId":"p-1","seq":1,"stream":"smoke","chunk":""}}""", "unknown stream: smoke")]
    [InlineData("""{"method":"process/exited","params":{"processId":"p-1"}}""", "cannot be read")]
    public async Task A_server_that_breaks_the_protocol_loses_the_connection_and_the_error_says_how(string message, string reason)
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);
        server.Say(message);
        var failure = await Assert.ThrowsAsync<ExecConnectionException>(process.ExitCode.SoonAsync);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task An_answer_of_the_wrong_shape_fails_its_request_alone(string result)
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);
        var terminating = process.TerminateAsync();
        server.Answer(await server.HearAsync("process/terminate"), result);
        await Assert.ThrowsAsync<ExecConnectionException>(terminating.SoonAsync);
        await server.StartAsync(client);
    }

    [Fact]
    public async Task Disposing_the_client_fails_what_is_under_way()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        var process = await server.StartAsync(client);
        var terminating = process.TerminateAsync();
        await server.HearAsync("process/terminate");

        await client.DisposeAsync().AsTask().SoonAsync();
        await Assert.ThrowsAsync<ExecConnectionException>(terminating.SoonAsync);
        Assert.True(server.IsDisposed);
        await client.DisposeAsync().AsTask().SoonAsync();
    }
}
