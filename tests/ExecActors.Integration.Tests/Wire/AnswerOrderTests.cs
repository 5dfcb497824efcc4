using System.Globalization;

namespace ExecActors.Integration.Tests.Wire;

/// <summary>What waits, what does not, and in which order answers come.</summary>
public sealed class AnswerOrderTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    [Difference("pipelined-requests")]
    public async Task Requests_that_need_not_wait_are_answered_in_order_behind_a_long_poll()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.StartParams("p", "/bin/sleep", "600"));
        await client.RunAsync("done", "echo x");
        var poll = await client.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 600_000));
        var posted = new List<long>();
        for (var i = 0; i < 100; i++)
        {
            posted.Add(await client.PostAsync("environment/status"));
            posted.Add(await client.PostAsync("no/such"));
            posted.Add(await client.PostAsync("process/read", WireClient.ReadParams(i % 2 == 0 ? "p" : "done")));
            posted.Add(await client.PostAsync("process/terminate", new JObject { ["processId"] = "nobody" }));
            posted.Add(await client.PostAsync("process/start", new JObject { ["processId"] = i }));
            posted.Add(await client.PostAsync("process/signal", new JObject { ["processId"] = "done", ["signal"] = "interrupt" }));
            posted.Add(await client.PostAsync("environment/info"));
            posted.Add(await client.PostAsync("process/read", WireClient.ReadParams("nobody", waitMs: 1000)));
        }

        var answered = new List<long>();
        foreach (var _ in posted)
        {
            answered.Add((long)(await client.NextAsync())!["id"]!);
        }

        Assert.Equal(posted, answered);
        Assert.True(await client.TerminateAsync("p"));
        Assert.Equal(137, (int)WireClient.ResultOf(await client.AnswerAsync(poll))["exitCode"]!);
    }

    [Fact]
    public async Task Ten_thousand_reads_behind_a_long_poll_are_all_answered()
    {
        await using var client = await fixture.OpenAsync();
        await client.StartAsync(WireClient.StartParams("p", "/bin/sleep", "600"));
        var poll = await client.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 600_000));
        var posted = new List<long>();
        for (var i = 0; i < 10_000; i++)
        {
            posted.Add(await client.PostAsync("process/read", WireClient.ReadParams("p")));
        }

        var answered = new List<long>();
        foreach (var _ in posted)
        {
            answered.Add((long)(await client.NextAsync())!["id"]!);
        }

        Assert.Equal(posted, answered);
        Assert.True(await client.TerminateAsync("p"));
        await client.AnswerAsync(poll);
    }

    [Fact]
    public async Task Requests_for_one_process_keep_their_order_and_wait_for_its_start()
    {
        await using var client = await fixture.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var id = round.ToString(CultureInfo.InvariantCulture);
            var start = WireClient.StartParams(id, "/bin/cat");
            start["pipeStdin"] = true;
            var requests = new List<long> { await client.PostAsync("process/start", start) };
            for (var i = 0; i < 10; i++)
            {
                requests.Add(await client.PostAsync("process/write", WireClient.WriteParams(id, [(byte)('0' + i)], $"{i}")));
            }

            var last = WireClient.WriteParams(id, "\n"u8.ToArray(), "last");
            last["closeStdin"] = true;
            requests.Add(await client.PostAsync("process/write", last));
            foreach (var request in requests.Skip(1))
            {
                Assert.Equal("accepted", (string?)WireClient.ResultOf(await client.AnswerAsync(request))["status"]);
            }

            Assert.Equal("0123456789\n", (await client.FinishAsync(id)).Stdout);
        }
    }

    [Fact]
    public async Task Ten_thousand_writes_to_a_program_that_does_not_read_do_not_hold_up_its_end()
    {
        await using var client = await fixture.OpenAsync();
        var start = WireClient.StartParams("p", "/bin/sleep", "600");
        start["pipeStdin"] = true;
        await client.StartAsync(start);
        var chunk = new byte[1024];
        var writes = new List<long>();
        for (var i = 0; i < 10_000; i++)
        {
            writes.Add(await client.PostAsync("process/write", WireClient.WriteParams("p", chunk, $"{i}")));
        }

        var before = Environment.TickCount64;
        Assert.True(await client.TerminateAsync("p"));
        Assert.InRange(Environment.TickCount64 - before, 0, 5_000);
        Assert.Equal(137, (await client.FinishAsync("p")).ExitCode);
        var statuses = new List<string?>();
        foreach (var write in writes)
        {
            statuses.Add((string?)WireClient.ResultOf(await client.AnswerAsync(write))["status"]);
        }

        // Some were queued, the rest could no longer arrive; none is without an answer, and no accepted one comes after a refused one.
        var accepted = statuses.TakeWhile(status => status == "accepted").Count();
        Assert.InRange(accepted, 1, statuses.Count - 1);
        Assert.All(statuses.Skip(accepted), status => Assert.Equal("stdinClosed", status));
    }
}
