namespace ExecActors.Integration.Tests.Wire;

/// <summary>Sessions and the connections that have them.</summary>
public sealed class SessionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Session_ids_are_compared_as_text()
    {
        await using var owner = await fixture.OpenAsync();
        await using var other = await fixture.ConnectAsync();
        foreach (var id in new[] { owner.SessionId.ToUpperInvariant(), " " + owner.SessionId, owner.SessionId + " ", owner.SessionId[..^1] }.Where(id => id != owner.SessionId))
        {
            Assert.Equal(
                new WireError(ErrorCode.InvalidRequest, $"unknown session id {id}"),
                await other.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = id }));
        }
    }

    [Fact]
    public async Task A_failed_initialize_may_be_followed_by_a_fresh_one()
    {
        await using var client = await fixture.ConnectAsync();
        await client.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = "" });
        await client.InitializeAsync();
        Assert.Equal("ready", (string?)(await client.ResultAsync("environment/status"))["status"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_is_there_for_its_client_after_the_connection_ended(bool reset)
    {
        await using var lost = await fixture.OpenAsync();
        await lost.StartAsync(Cat("p"));
        Assert.Equal("accepted", await lost.WriteAsync("p", "before\n", "w1"));
        await lost.OutputUntilAsync("p", "before\n");
        End(lost, reset);

        await using var client = await fixture.OpenAsync(lost.SessionId);
        Assert.Equal(lost.SessionId, client.SessionId);
        Assert.Equal("accepted", await client.WriteAsync("p", "before\n", "w1")); // repeated, as clients do: not written again
        Assert.Equal("accepted", await client.WriteAsync("p", "after\n", "w2"));
        await client.OutputUntilAsync("p", "after\n");
        var read = await client.ReadAsync("p");
        Assert.Equal("before\nafter\n", ReadText(read));
        Assert.True(await client.TerminateAsync("p"));
        Assert.Equal(137, (await client.FinishAsync("p", firstSeq: 3)).ExitCode);
    }

    [Fact]
    public async Task Live_notifications_go_to_the_new_connection_from_its_initialize_on()
    {
        using var second = new Fifo();
        using var third = new Fifo();
        await using var lost = await fixture.OpenAsync();
        await lost.StartAsync(WireClient.ScriptParams("p", $"echo one; {second.Wait}; echo two; {third.Wait}"));
        await lost.OutputUntilAsync("p", "one\n");
        End(lost, reset: false);

        await using var client = await fixture.ConnectAsync();
        await ResumeWithoutInitializedAsync(client, lost.SessionId);
        await second.ReleaseAsync();
        Assert.Equal("two\n", await client.OutputUntilAsync("p", "two\n"));
        Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, "client must send initialized before using exec methods"),
            await client.ErrorAsync("process/read", WireClient.ReadParams("p")));
        await client.SendAsync("""{"method":"initialized"}""");
        await third.ReleaseAsync();
        Assert.Equal(0, (await client.FinishAsync("p", firstSeq: 3)).ExitCode);
    }

    [Fact]
    public async Task What_happened_while_nobody_was_there_is_read_and_never_notified()
    {
        using var fifo = new Fifo();
        await using var lost = await fixture.OpenAsync();
        await lost.StartAsync(WireClient.ScriptParams("p", $"echo $$; {fifo.Wait}; echo missed; exit 6"));
        var pid = int.Parse(await lost.OutputUntilAsync("p", "\n"), System.Globalization.CultureInfo.InvariantCulture);
        End(lost, reset: false);
        await using var probe = await fixture.ConnectAsync();
        await ResumeWithoutInitializedAsync(probe, lost.SessionId); // the loss has been noticed
        End(probe, reset: false);
        await fifo.ReleaseAsync();
        await Posix.EndOfProcessAsync(pid);

        await using var client = await fixture.OpenAsync(lost.SessionId);
        var read = await client.ReadAsync("p", afterSeq: 1, waitMs: (long)Patience.Limit.TotalMilliseconds);
        Assert.Equal("missed\n", ReadText(read));
        while (!(bool)read["closed"]!)
        {
            read = await client.ReadAsync("p", afterSeq: (long)read["nextSeq"]! - 1, waitMs: (long)Patience.Limit.TotalMilliseconds);
        }

        Assert.Equal((6, 5), ((int)read["exitCode"]!, (int)read["nextSeq"]!));
    }

    [Fact]
    public async Task Of_two_claimants_one_gets_the_session()
    {
        await using var lost = await fixture.OpenAsync();
        End(lost, reset: false);
        await using var first = await fixture.OpenAsync(lost.SessionId);
        await using var second = await fixture.ConnectAsync();
        Assert.Equal(
            new WireError(ErrorCode.SessionAttached, $"session {lost.SessionId} is already attached to another connection"),
            await second.ErrorAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = lost.SessionId }));
    }

    [Fact]
    [Difference("takeover")]
    public async Task A_takeover_answers_the_old_connections_polls_closes_it_and_has_the_session()
    {
        await using var old = await fixture.OpenAsync();
        await old.StartAsync(Cat("p"));
        var poll = await old.PostAsync("process/read", WireClient.ReadParams("p", waitMs: 600_000));

        await using var client = await fixture.ConnectAsync();
        await client.ResultAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = old.SessionId, ["takeover"] = true });
        await client.SendAsync("""{"method":"initialized"}""");
        Assert.Equal(new WireError(ErrorCode.InvalidRequest, "session has been resumed by another connection"), WireError.Of(await old.AnswerAsync(poll)));
        Assert.Equal(new Ending(1008, "session has been resumed by another connection"), await old.EndingAsync());

        Assert.Equal("accepted", await client.WriteAsync("p", "x\n", "1"));
        await client.OutputUntilAsync("p", "x\n");
        Assert.True(await client.TerminateAsync("p"));
        await client.NotificationAsync("process/closed", "p");
    }

    private static JObject Cat(string processId)
    {
        var parameters = WireClient.StartParams(processId, "/bin/cat");
        parameters["pipeStdin"] = true;
        return parameters;
    }

    private static void End(WireClient client, bool reset)
    {
        if (reset)
        {
            client.Socket.Connection.Reset();
        }
        else
        {
            client.Socket.Connection.Dispose();
        }
    }

    private static async Task ResumeWithoutInitializedAsync(WireClient client, string sessionId)
    {
        JObject answer;
        do
        {
            answer = await client.RequestAsync("initialize", new JObject { ["clientName"] = "x", ["resumeSessionId"] = sessionId });
        }
        while ((int?)answer["error"]?["code"] == ErrorCode.SessionAttached);
        Assert.Equal(sessionId, (string?)WireClient.ResultOf(answer)["sessionId"]);
    }

    private static string ReadText(JObject read) =>
        string.Concat(read["chunks"]!.Select(chunk => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)chunk["chunk"]!))));
}
