using System.Text;

using ExecActors.Testing;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>A body as notifications.</summary>
public sealed class StreamTests() : HttpTest("execactors.http { delta-bytes = 16KiB, streams-per-connection = 3 }")
{
    private const int DeltaBytes = 16 * 1024;

    [Fact]
    public async Task The_answer_comes_first_then_what_the_other_server_sends_and_one_last_notification()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();

        Assert.Equal("""{"id":1,"result":{"status":200,"headers":[],"bodyBase64":""}}""", await http.AnswerAsync(1));
        foreach (var (text, seq) in new[] { ("one", 1), ("two", 2) })
        {
            body.Feed(text);
            Assert.Equal(HttpConversation.Delta("s", seq, text), await http.DeltaAsync());
            http.Admit();
        }

        body.End();
        Assert.Equal(HttpConversation.Delta("s", 3, "", done: true), await http.DeltaAsync());
        await body.DisposedAsync();
    }

    [Fact]
    public async Task A_stream_without_a_body_has_its_last_notification_only()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        (await Handler.NextAsync()).Respond().End();

        await http.AnswerAsync(1);
        Assert.Equal(HttpConversation.Delta("s", 1, "", done: true), await http.DeltaAsync());
    }

    [Fact]
    public async Task What_came_before_a_body_broke_is_told_and_then_the_error()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();
        body.Feed("partial");
        body.Break();

        var (bytes, error, _) = await http.DrainAsync();
        Assert.Equal(("partial", "error decoding response body"), (Encoding.Latin1.GetString(bytes), error));
    }

    [Fact]
    public async Task One_notification_waits_for_the_client_and_the_rest_for_it()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();
        body.Feed(new byte[100 * 1024]);
        await http.AnswerAsync(1);
        await http.DeltaAsync();
        await SettledAsync(http);
        await http.NothingAsync();
        Assert.Equal(DeltaBytes, body.BytesRead);

        http.Admit();
        await http.DeltaAsync();
        await SettledAsync(http);
        await http.NothingAsync();
        Assert.Equal(2 * DeltaBytes, body.BytesRead);
    }

    [Fact]
    public async Task Small_pieces_that_are_there_go_together()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var exchange = await Handler.NextAsync();
        var body = exchange.Respond();
        for (var i = 0; i < 1000; i++)
        {
            body.Feed($"{i:000000000}\n");
        }

        body.End();
        await http.AnswerAsync(1);
        var (bytes, error, deltas) = await http.DrainAsync();

        Assert.Equal((10_000, null), (bytes.Length, error));
        Assert.InRange(deltas, 2, 10); // the first may have left before all was there
    }

    [Fact]
    public async Task Everything_arrives_in_order_however_it_comes()
    {
        var random = new Random(1);
        var all = new byte[1_000_000];
        random.NextBytes(all);
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();
        await http.AnswerAsync(1);
        var feeding = Task.Run(() =>
        {
            for (var at = 0; at < all.Length;)
            {
                var length = Math.Min(all.Length - at, random.Next(1, random.Next(1, 60_000)));
                body.Feed(all[at..(at + length)]);
                at += length;
            }

            body.End();
        });

        var (bytes, error, _) = await http.DrainAsync();
        await feeding.SoonAsync();
        Assert.Null(error);
        Assert.True(all.AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_at_once()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/", more: ",\"timeoutMs\":300");
        var exchange = await Handler.NextAsync();
        var body = exchange.Respond();
        body.Feed("tick");
        await http.AnswerAsync(1);
        await http.DeltaAsync();
        http.Admit();
        await SettledAsync(http);

        Clock.Advance(TimeSpan.FromMilliseconds(299));
        await SettledAsync(http);
        await http.NothingAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpConversation.Delta("s", 2, "", done: true, "error decoding response body"), await http.DeltaAsync());
        await exchange.GivenUpAsync();
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_that_waits_for_its_client_too()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/", more: ",\"timeoutMs\":300");
        var body = (await Handler.NextAsync()).Respond();
        body.Feed(new byte[100 * 1024]);
        await http.DeltaAsync();

        Clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(HttpConversation.Delta("s", 2, "", done: true, "error decoding response body"), await http.DeltaAsync());
        await body.DisposedAsync();
    }

    [Fact]
    public async Task A_deadline_that_passes_after_the_end_says_nothing_more()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/", more: ",\"timeoutMs\":300");
        (await Handler.NextAsync()).Respond().End();
        await http.AnswerAsync(1);
        await http.DeltaAsync();

        Clock.Advance(TimeSpan.FromMilliseconds(300));
        await SettledAsync(http);
        await http.NothingAsync();
    }

    [Fact]
    public async Task An_id_is_taken_until_the_client_was_sent_the_last_notification()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        http.Stream(2, "nope", more: ",\"headers\":[{\"name\":\"bad name\",\"value\":\"\"}]"); // the id counts before the rest
        Assert.Equal(AlreadyActive(2), await http.AnswerAsync(2));
        var first = await Handler.NextAsync();
        first.Respond().End();
        await http.DeltaAsync();
        http.Stream(3, "http://a/");
        Assert.Equal(AlreadyActive(3), await http.AnswerAsync(3));

        // Buffered requests do not mind, nor does another id.
        http.Send(4, "http://a/", requestId: "s");
        (await Handler.NextAsync()).Respond().End();
        await http.ResultAsync(4);

        http.Admit();
        await SettledAsync(http);
        http.Stream(5, "http://a/");
        (await Handler.NextAsync()).Respond().End();
        await http.ResultAsync(5);
        Assert.Equal(HttpConversation.Delta("s", 1, "", done: true), await http.DeltaAsync());
    }

    [Fact]
    public async Task An_id_is_free_again_after_an_error()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/x");
        (await Handler.NextAsync()).Fail(new HttpRequestException("refused"));
        Assert.Equal(SendFailed(1, "http://a/x"), await http.AnswerAsync(1));
        await SettledAsync(http);

        http.Stream(2, "http://a/");
        (await Handler.NextAsync()).Respond();
        await http.ResultAsync(2);
    }

    [Fact]
    public async Task One_stream_too_many_is_refused_until_another_ends()
    {
        var http = Converse(Handler);
        for (var id = 1; id <= 3; id++)
        {
            http.Stream(id, "http://a/", $"s{id}");
        }

        http.Stream(4, "http://a/", "s4");
        Assert.Equal(Error(4, -32005, "limit reached: http.streams-per-connection"), await http.AnswerAsync(4));
        (await Handler.NextAsync()).Respond().End();
        await http.DeltaAsync();
        http.Admit();
        await SettledAsync(http);
        http.Stream(5, "http://a/5", "s5");
        (await Handler.NextAsync("/5")).Respond();
        await http.ResultAsync(5);
    }

    [Fact]
    public async Task When_the_actor_stops_its_streams_drop_their_connections_and_say_nothing()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/waiting", "s1");
        http.Stream(2, "http://a/flowing", "s2");
        http.Stream(3, "http://a/asked", "s3");
        var waiting = await Handler.NextAsync("/waiting");
        waiting.Respond();
        var body = (await Handler.NextAsync("/flowing")).Respond();
        body.Feed(new byte[100 * 1024]);
        var asked = await Handler.NextAsync("/asked");
        await http.DeltaAsync();
        await SettledAsync(http);

        Sys.Stop(http.Actor);
        await waiting.GivenUpAsync();
        await body.DisposedAsync();
        await asked.GivenUpAsync();
        await WatchEndAsync(http.Actor);
        await http.DrainAnswersAsync(1, 2);
        await http.NothingAsync();
    }

    [Fact]
    public async Task A_silent_stream_is_asked_for_more_without_a_buffer()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();
        await http.AnswerAsync(1);
        body.Feed("a");
        await http.DeltaAsync();
        http.Admit();
        await SettledAsync(http);

        body.Feed("b");
        Assert.Equal(HttpConversation.Delta("s", 2, "b"), await http.DeltaAsync());
    }

    private static string AlreadyActive(int id) => Error(id, -32602, "http/request streamResponse requestId `s` is already active");

    [Fact]
    public async Task A_request_of_an_earlier_connection_is_dropped()
    {
        var http = Converse(Handler);
        http.SendParams(1, """{"method":"GET","url":"http://a/","requestId":"r","bodyBase64":"eA=="}""", ofEpoch: Epoch - 1);
        await SettledAsync(http);

        await http.NothingAsync();
        Assert.False(Handler.HasMore);
    }

    [Fact]
    public async Task A_failed_exchange_says_so_to_its_client()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/1", "s1");
        http.Stream(2, "http://a/2", "s2");
        (await Handler.NextAsync("/1")).Fail(new InvalidCastException("a bug"));
        Assert.Equal(Error(1, -32603, "http/request failed: the server lost this request to an internal failure; send it again"), await http.AnswerAsync(1));

        var body = (await Handler.NextAsync("/2")).Respond();
        body.Feed(new byte[DeltaBytes]);
        await http.ResultAsync(2);
        await http.DeltaAsync();
        body.Break(new InvalidCastException("a bug"));
        http.Admit();
        Assert.Equal("the server lost this request to an internal failure; send it again", (string?)JObject.Parse(await http.DeltaAsync()).SelectToken("params.error"));
    }
}
