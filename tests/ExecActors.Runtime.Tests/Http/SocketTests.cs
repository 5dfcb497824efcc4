using System.Text;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>What real connections do when an exchange ends early, and what reaches them when a client is slow.</summary>
public sealed class SocketTests() : HttpTest("execactors.http.requests-per-connection = 4")
{
    private const string Endless = "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, Endless + "some")]
    [InlineData(true, Endless + "some")]
    public async Task When_the_actor_stops_the_connection_is_closed_at_once(bool streams, string sent)
    {
        var http = Converse();
        Send(http, streams);
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(sent);
        await SettledAsync(http);
        Sys.Stop(http.Actor);

        await connection.EndAsync();
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, Endless + "some")]
    [InlineData(true, Endless + "some")]
    public async Task When_a_request_is_cancelled_its_connection_is_closed_at_once(bool streams, string sent)
    {
        var http = Converse();
        Send(http, streams);
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(sent);
        await SettledAsync(http);
        http.Cancel(2, "r");

        await connection.EndAsync();
        await http.AnswerAsync(2);
    }

    [Fact]
    public async Task A_slow_client_slows_the_other_server_and_loses_nothing()
    {
        var http = Converse();
        http.Stream(1, Server.Url());
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Endless);
        using var stop = new CancellationTokenSource();
        var sending = connection.SendEndlesslyAsync(stop.Token);
        await http.AnswerAsync(1);
        await http.DeltaAsync();

        // One notification is out; of the rest at most one buffer was read, and the kernel's buffers are full.
        await SettledAsync(http);
        await http.NothingAsync();
        var received = 0L;
        for (var i = 0; i < 500; i++)
        {
            http.Admit();
            received += Convert.FromBase64String((string)JObject.Parse(await http.DeltaAsync()).SelectToken("params.deltaBase64")!).Length;
        }

        await stop.CancelAsync();
        Assert.InRange(await sending, received, received + (64L << 20)); // what was under way, by far less than it could have sent
    }

    [Fact]
    public async Task A_stream_of_a_chunked_body_ends_as_it_should()
    {
        var http = Converse();
        http.Stream(1, Server.Url());
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        await http.AnswerAsync(1);
        for (var i = 1; i <= 3; i++)
        {
            await connection.SendAsync($"8\r\ndata: {i}\n\r\n");
            Assert.Equal(HttpConversation.Delta("s", i, $"data: {i}\n"), await http.DeltaAsync());
            http.Admit();
        }

        await connection.SendAsync("0\r\n\r\n");
        Assert.Equal(HttpConversation.Delta("s", 4, "", done: true), await http.DeltaAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npartial")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\npartial\r\n7\r\n")]
    public async Task A_stream_that_is_cut_says_so(string response)
    {
        var http = Converse();
        http.Stream(1, Server.Url());
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(response);
        await http.AnswerAsync(1);
        Assert.Equal(HttpConversation.Delta("s", 1, "partial"), await http.DeltaAsync());
        http.Admit();
        connection.Dispose();

        Assert.Equal(HttpConversation.Delta("s", 2, "", done: true, "error decoding response body"), await http.DeltaAsync());
    }

    [Fact]
    public async Task Large_streams_arrive_whole()
    {
        var body = string.Concat(Enumerable.Range(0, 3_000_000).Select(i => (char)(i * 31 % 251)));
        var http = Converse();
        http.Stream(1, Server.Url());
        var connection = await Server.AcceptAsync();
        await connection.HeadAsync();
        var sending = connection.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        await http.AnswerAsync(1);
        var (bytes, error, _) = await http.DrainAsync();
        await sending;

        Assert.Null(error);
        Assert.Equal(body, Encoding.Latin1.GetString(bytes));
    }

    [Fact]
    public async Task Names_that_do_not_resolve_and_ports_that_refuse_are_failures_to_send()
    {
        var http = Converse();
        var name = $"{new string('a', 64)}.invalid"; // too long a label for the resolver to ask anybody

        Assert.Equal(SendFailed(1, $"http://{name}/"), await http.AskAsync(1, $"http://{name}/"));
        Assert.Equal(SendFailed(2, "http://127.0.0.1:1/"), await http.AskAsync(2, "http://127.0.0.1:1/"));
        Assert.Equal(SendFailed(3, "http://127.0.0.1:1/x?y#z"), await http.AskAsync(3, "http://us:pw@127.0.0.1:1/x?y#z"));
    }

    [Fact]
    public async Task A_server_without_TLS_is_a_failure_to_send()
    {
        var http = Converse();
        var url = $"https://127.0.0.1:{Server.Port}/";
        http.Send(1, url);
        await (await Server.AcceptAsync()).SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");

        Assert.Equal(SendFailed(1, url), await http.AnswerAsync(1));
    }

    [Fact]
    public async Task A_name_of_this_machine_resolves()
    {
        var http = Converse();
        http.Send(1, $"http://localhost:{Server.Port}/");

        Assert.EndsWith($"\r\nhost: localhost:{Server.Port}", await Server.HeadAsync(), StringComparison.Ordinal);
        await http.ResultAsync(1);
    }

    private void Send(HttpConversation http, bool streams) => http.Send(1, Server.Url(), streams ? ",\"streamResponse\":true" : "");
}
