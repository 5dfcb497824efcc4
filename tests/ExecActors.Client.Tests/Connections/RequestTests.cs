using System.Text;
using ExecActors.Client.Tests.Support;
using ExecActors.Protocol;
using ExecActors.Testing;
using Newtonsoft.Json.Linq;

namespace ExecActors.Client.Tests.Connections;

public class RequestTests
{
    [Fact]
    public async Task The_session_is_opened_with_initialize_and_initialized()
    {
        var (server, client) = await ScriptedServer.OpenAsync(new ExecClientOptions { ClientName = "me" });
        await using var session = client;
        Assert.Equal("s-1", client.SessionId);
        Assert.Equal("sh", client.EnvironmentInfo?.Shell.Name);
        Assert.Equal(2, server.Taken + 1); // its answer, and nothing else
    }

    [Fact]
    public async Task A_refused_session_says_what_the_server_says_and_closes_the_connection()
    {
        var server = new ScriptedServer();
        var opening = ExecClient.OpenAsync(server, new ExecClientOptions(), CancellationToken.None);
        server.Refuse(await server.HearAsync("initialize"), ErrorCodes.SessionAttached, "busy");

        var refusal = await Assert.ThrowsAsync<ExecRequestException>(opening.SoonAsync);
        Assert.Equal((ErrorCodes.SessionAttached, "busy", "initialize"), (refusal.Code, refusal.Message, refusal.Request));
        Assert.True(server.IsDisposed);
    }

    [Fact]
    public async Task A_start_carries_all_that_was_asked()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var policy = new EnvPolicy(EnvInherit.Core, false, ["A*"], new Dictionary<string, string> { ["B"] = "1" }, []);
        _ = client.StartProcessAsync(new ProcessStartRequest
        {
            Command = ["sh", "-c", "x"],
            WorkingDirectory = "/a b",
            Environment = new Dictionary<string, string> { ["K"] = "V" },
            EnvironmentPolicy = policy,
            PipeInput = true,
        });

        var expected = JObject.Parse("""
            {"processId":"p-1","argv":["sh","-c","x"],"cwd":"file:///a%20b","env":{"K":"V"},"tty":false,"pipeStdin":true,
             "envPolicy":{"inherit":"core","ignoreDefaultExcludes":false,"exclude":["A*"],"set":{"B":"1"},"includeOnly":[]}}
            """);
        Assert.Equal(expected, (await server.HearAsync("process/start"))["params"]!, JToken.EqualityComparer);
    }

    [Fact]
    public async Task A_process_starts_in_the_servers_directory_when_none_is_named()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        _ = client.StartProcessAsync(new ProcessStartRequest { Command = ["x"] });
        Assert.Equal("file:///work", (string?)(await server.HearAsync("process/start"))["params"]!["cwd"]);
    }

    [Fact]
    public async Task A_refused_start_says_what_the_server_says_and_the_session_goes_on()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["nosuch"] });
        server.Refuse(await server.HearAsync("process/start"), ErrorCodes.InternalError, "No such file");

        var refusal = await Assert.ThrowsAsync<ExecRequestException>(starting.SoonAsync);
        Assert.Equal((ErrorCodes.InternalError, "No such file", "process/start of nosuch"), (refusal.Code, refusal.Message, refusal.Request));
        await server.StartAsync(client);
    }

    [Fact]
    public async Task Answers_are_joined_by_id_whatever_their_order()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client);
        var terminating = process.TerminateAsync();
        var terminate = await server.HearAsync("process/terminate");
        var interrupting = process.InterruptAsync();
        var interrupt = await server.HearAsync("process/signal");
        Assert.Equal("interrupt", (string?)interrupt["params"]!["signal"]);

        server.Answer(interrupt, "{}");
        await interrupting.SoonAsync();
        Assert.False(terminating.IsCompleted);
        server.Answer(terminate, """{"running":false}""");
        Assert.False(await terminating.SoonAsync());
    }

    [Fact]
    public async Task A_long_write_goes_in_pieces_with_ids_of_their_own_each_after_the_one_before()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client, pipeInput: true);
        var bytes = new byte[600 * 1024];
        new Random(1).NextBytes(bytes);
        var writing = process.WriteAsync(bytes);

        var received = new List<byte>();
        var ids = new HashSet<string>();
        while (received.Count < bytes.Length)
        {
            var write = await server.HearAsync("process/write");
            received.AddRange(Convert.FromBase64String((string)write["params"]!["chunk"]!));
            Assert.True(ids.Add((string)write["params"]!["writeId"]!));
            Assert.Null(write["params"]!["closeStdin"]);
            server.Answer(write, """{"status":"accepted"}""");
        }

        Assert.True(await writing.SoonAsync());
        Assert.Equal(bytes, received.ToArray());

        var closing = process.CloseInputAsync();
        var close = await server.HearAsync("process/write");
        Assert.Equal((true, ""), ((bool)close["params"]!["closeStdin"]!, (string?)close["params"]!["chunk"]));
        server.Answer(close, """{"status":"accepted"}""");
        Assert.True(await closing.SoonAsync());
    }

    [Theory]
    [InlineData("stdinClosed")]
    [InlineData("unknownProcess")]
    public async Task A_write_that_cannot_arrive_says_so(string status)
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        var process = await server.StartAsync(client, pipeInput: true);
        var writing = process.WriteAsync(Encoding.UTF8.GetBytes("x"));
        server.Answer(await server.HearAsync("process/write"), $$"""{"status":"{{status}}"}""");
        Assert.False(await writing.SoonAsync());
    }

    [Fact]
    public async Task A_server_that_cannot_close_input_is_not_asked_to()
    {
        var (server, client) = await ScriptedServer.OpenAsync(old: true);
        await using var session = client;
        var process = await server.StartAsync(client, pipeInput: true);
        Assert.False(process.CanCloseInput);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => process.CloseInputAsync());
        Assert.Contains("processCloseStdin", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_start_is_terminated_and_its_late_answer_is_passed_over()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        using var cancellation = new CancellationTokenSource();
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["slow"] }, cancellation.Token);
        var start = await server.HearAsync("process/start");

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(starting.SoonAsync);
        var terminate = await server.HearAsync("process/terminate");
        Assert.Equal("p-1", (string?)terminate["params"]!["processId"]);
        server.Answer(start, """{"processId":"p-1"}""");
        server.Answer(terminate, """{"running":true}""");
        server.Output(1, "late");
        await server.StartAsync(client);
    }

    [Fact]
    public async Task Unknown_notifications_are_passed_over_and_requests_of_the_server_are_refused()
    {
        var (server, client) = await ScriptedServer.OpenAsync();
        await using var session = client;
        server.Say("""{"method":"news/nobody/knows","params":{"a":[1,2]}}""");
        server.Say("""{"method":"network/policyDecision"}""");
        server.Say("""{"id":"q","method":"network/policyRequest","params":{}}""");

        var answer = await server.HearAnyAsync();
        Assert.Equal(("q", ErrorCodes.MethodNotFound), ((string?)answer["id"], (int?)answer["error"]?["code"]));
        await server.StartAsync(client);
    }
}
