using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Http;

/// <summary>Deadlines, http/cancel, and the order in which requests have their turn.</summary>
public sealed class CancelTests() : HttpTest("execactors.http.requests-per-connection = 2")
{
    [Fact]
    public async Task A_buffered_request_is_cancelled_with_an_error_before_the_cancel_is_answered()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/");
        var exchange = await Handler.NextAsync();
        http.Cancel(2, "r");

        Assert.Equal(Error(1, -32603, "http/request was cancelled"), await http.AnyAnswerAsync());
        Assert.Equal(Wire.Result(2, "{}"), await http.AnyAnswerAsync());
        await exchange.GivenUpAsync();
    }

    [Fact]
    public async Task A_stream_without_its_answer_is_cancelled_with_an_error()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        await Handler.NextAsync();
        http.Cancel(2, "s");

        Assert.Equal(Error(1, -32603, "http/request was cancelled"), await http.AnyAnswerAsync());
        Assert.Equal(Wire.Result(2, "{}"), await http.AnyAnswerAsync());
    }

    [Fact]
    public async Task A_stream_is_cancelled_with_its_last_notification_even_if_its_client_is_slow()
    {
        var http = Converse(Handler);
        http.Stream(1, "http://a/");
        var body = (await Handler.NextAsync()).Respond();
        body.Feed(new byte[1_000_000]);
        await http.AnswerAsync(1);
        await http.DeltaAsync();
        http.Cancel(2, "s");

        Assert.Equal(HttpConversation.Delta("s", 2, "", done: true, "cancelled"), await http.DeltaAsync());
        Assert.Equal(Wire.Result(2, "{}"), await http.AnswerAsync(2));
        await body.DisposedAsync();

        // Once more, while the last notification is on its way.
        http.Cancel(3, "s");
        Assert.Equal(Wire.Result(3, "{}"), await http.AnswerAsync(3));
        await http.NothingAsync();
    }

    [Fact]
    public async Task All_requests_of_an_id_are_cancelled_and_no_others()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/1", requestId: "x");
        http.Stream(2, "http://a/2", requestId: "x");
        http.Send(3, "http://a/3", requestId: "y");
        http.Send(4, "http://a/4", requestId: "x"); // waits for a place
        await Handler.NextAsync("/1");
        await Handler.NextAsync("/2");
        var other = await Handler.NextAsync("/3");
        http.Cancel(5, "x");

        Assert.Equal(Wire.Result(5, "{}"), await http.AnswerAsync(5));
        foreach (var id in new[] { 1, 2, 4 })
        {
            Assert.Equal(Error(id, -32603, "http/request was cancelled"), await http.AnswerAsync(id));
        }

        other.Respond().End();
        await http.ResultAsync(3);
        Assert.False(Handler.HasMore);
    }

    [Fact]
    public async Task An_id_that_is_not_under_way_is_no_error()
    {
        var http = Converse(Handler);
        http.Cancel(1, "nothing");
        Assert.Equal(Wire.Result(1, "{}"), await http.AnswerAsync(1));

        http.Send(2, "http://a/");
        (await Handler.NextAsync()).Respond().End();
        await http.ResultAsync(2);
        await SettledAsync(http);
        http.Cancel(3, "r");
        Assert.Equal(Wire.Result(3, "{}"), await http.AnswerAsync(3));
    }

    [Fact]
    public async Task A_cancel_behind_the_result_changes_nothing()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/");
        var exchange = await Handler.NextAsync();
        var gate = await HoldAsync(http.Actor);
        http.Cancel(2, "r");
        exchange.Respond().End();
        await http.ResultAsync(1);
        gate.Open();

        Assert.Equal(Wire.Result(2, "{}"), await http.AnswerAsync(2));
        await SettledAsync(http);
        await http.NothingAsync();
    }

    [Fact]
    public async Task Requests_beyond_the_places_wait_in_order()
    {
        var http = Converse(Handler);
        for (var id = 1; id <= 4; id++)
        {
            http.Send(id, $"http://a/{id}", requestId: $"r{id}");
        }

        var first = await Handler.NextAsync("/1");
        var second = await Handler.NextAsync("/2");
        await SettledAsync(http);
        Assert.False(Handler.HasMore);

        second.Respond().End();
        await http.ResultAsync(2);
        await Handler.NextAsync("/3");
        await SettledAsync(http);
        Assert.False(Handler.HasMore);
        first.Respond().End();
        await Handler.NextAsync("/4");
    }

    [Fact]
    public async Task A_stream_needs_no_place()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/1");
        http.Send(2, "http://a/2");
        http.Stream(3, "http://a/3");

        for (var number = 1; number <= 3; number++)
        {
            await Handler.NextAsync($"/{number}");
        }
    }

    [Fact]
    public async Task The_deadline_before_the_response_is_a_failure_to_send()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/slow", ",\"timeoutMs\":200");
        http.Stream(2, "http://a/slow", more: ",\"timeoutMs\":200");
        var exchange = await Handler.NextAsync();
        await Handler.NextAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(199));
        await SettledAsync(http);
        await http.NothingAsync();

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(SendFailed(1, "http://a/slow"), await http.AnswerAsync(1));
        Assert.Equal(SendFailed(2, "http://a/slow"), await http.AnswerAsync(2));
        await exchange.GivenUpAsync();
    }

    [Fact]
    public async Task The_deadline_in_the_body_is_a_failure_to_read_it()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/slow", ",\"timeoutMs\":200");
        var body = (await Handler.NextAsync()).Respond();
        body.Feed("a");
        await body.BegunAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(Error(1, -32603, "failed to read http/request response body: error decoding response body"), await http.AnswerAsync(1));
        await body.DisposedAsync();
    }

    [Fact]
    public async Task The_deadline_runs_while_a_request_waits_for_a_place()
    {
        var http = Converse(Handler);
        http.Send(1, "http://a/1");
        http.Send(2, "http://a/2");
        http.Send(3, "http://a/3", ",\"timeoutMs\":200,\"bodyBase64\":\"eA==\"");
        await SettledAsync(http);
        Clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(SendFailed(3, "http://a/3"), await http.AnswerAsync(3));
    }

    [Fact]
    public async Task No_time_at_all_fails_at_once_and_weeks_are_no_deadline()
    {
        var http = Converse(Handler);

        Assert.Equal(Error(1, -32603, "http/request failed: route-aware request timed out"), await http.AskAsync(1, "http://a/", ",\"timeoutMs\":0"));
        http.Send(2, "http://a/", ",\"timeoutMs\":18446744073709551615");
        http.Send(3, "http://a/");
        await Handler.NextAsync();
        await Handler.NextAsync();
        Clock.Advance(TimeSpan.FromDays(1000));
        await SettledAsync(http);
        await http.NothingAsync();
    }

    [Fact]
    public async Task A_bad_request_is_refused_at_once()
    {
        var http = Converse(Handler);

        Assert.Equal(Error(1, -32602, "http/request method is invalid: invalid HTTP method"), await http.AskAsync(1, "ftp://x", method: "A B"));
        Assert.Equal(Error(2, -32602, "http/request only supports http and https URLs, got ftp"), await http.AskAsync(2, "ftp://x", ",\"timeoutMs\":0"));
        Assert.Equal(Error(3, -32602, "http/request header x-e requires executor environment variable NO"), await http.AskAsync(3, "http://x", ",\"headers\":[{\"name\":\"x-e\",\"value\":\"\",\"valueEnvVar\":\"NO\"}]"));
        Assert.Equal(Error(4, -32602, "Invalid symbol 33, offset 0."), await http.AskAsync(4, "http://x", ",\"bodyBase64\":\"!!\""));
        Assert.False(Handler.HasMore);
    }
}
