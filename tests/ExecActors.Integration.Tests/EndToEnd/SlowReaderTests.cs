namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>A client that stops reading slows its own processes and nothing else.</summary>
public sealed class SlowReaderTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const long AllowedGrowth = 64 * 1024 * 1024;
    private const int Answers = 2_000;

    [Fact]
    public async Task The_server_stays_small_and_other_sessions_are_served()
    {
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint, receiveBufferBytes: 4096);
        await using var other = await fixture.OpenAsync();
        await Bulk.EchoAsync(other, "warm", bytes: 4 * 1024 * 1024);
        var before = ProcFs.ResidentBytes(fixture.Server.Pid);

        await SendAsync(socket, 1, "initialize", new JObject { ["clientName"] = "slow" });
        await socket.SendTextAsync("""{"method":"initialized"}""");
        var session = (string)JObject.Parse((await socket.NextAsync())!.Text)["result"]!["sessionId"]!;
        foreach (var processId in new[] { "a", "b", "c", "d" })
        {
            // A gibibyte each, and a line at the end that tells when it was all written: it must not come.
            await SendAsync(socket, 2, "process/start", WireClient.ScriptParams(processId, "head -c 1073741824 /dev/zero; echo written >&2"));
        }

        // Long enough for gibibytes to flow if nobody held them up.
        for (var i = 0; i < Answers; i++)
        {
            Assert.Equal("ready", (string?)(await other.ResultAsync("environment/status"))["status"]);
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("x\n", (await other.RunAsync($"p{i}", "echo x")).Stdout);
        }

        await Bulk.EchoAsync(other, "meanwhile", bytes: 4 * 1024 * 1024);
        Assert.InRange(ProcFs.ResidentBytes(fixture.Server.Pid) - before, long.MinValue, AllowedGrowth);

        // Requests of the slow one are taken, too, though it does not read the answers: its processes end.
        var children = ProcFs.Children(fixture.Server.Pid);
        Assert.Equal(4, children.Count);
        foreach (var processId in new[] { "a", "b", "c", "d" })
        {
            await SendAsync(socket, 3, "process/terminate", new JObject { ["processId"] = processId });
        }

        await Task.WhenAll(children.Select(Posix.EndOfProcessAsync));
        socket.Connection.Reset();
        await using var back = await fixture.OpenAsync(session);
        var read = await back.ReadAsync("a", waitMs: (long)Patience.Limit.TotalMilliseconds);
        Assert.Equal(137, (int)read["exitCode"]!);
        Assert.DoesNotContain(read["chunks"]!, chunk => (string?)chunk["stream"] == "stderr");
    }

    [Fact]
    public async Task A_slow_reader_that_reads_on_gets_every_byte()
    {
        const int Bytes = 20 * 1024 * 1024;
        await using var fast = await fixture.OpenAsync();
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint, receiveBufferBytes: 4096);
        await SendAsync(socket, 1, "initialize", new JObject { ["clientName"] = "slow" });
        await socket.SendTextAsync("""{"method":"initialized"}""");
        await SendAsync(socket, 2, "process/start", WireClient.ScriptParams("p", $"head -c {Bytes} /dev/zero"));
        for (var i = 0; i < 200; i++)
        {
            await fast.ResultAsync("environment/status");
        }

        long seq = 0;
        long size = 0;
        while (true)
        {
            var message = JObject.Parse((await socket.NextAsync())!.Text);
            if (message["method"] is null)
            {
                continue;
            }

            Assert.Equal(++seq, (long)message["params"]!["seq"]!);
            size += Convert.FromBase64String((string?)message["params"]!["chunk"] ?? "").Length;
            if ((string?)message["method"] == "process/closed")
            {
                break;
            }
        }

        Assert.Equal(Bytes, size);
    }

    private static Task SendAsync(RawWebSocket socket, int id, string method, JObject parameters) => socket.SendTextAsync(
        new JObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToString(Newtonsoft.Json.Formatting.None));
}
