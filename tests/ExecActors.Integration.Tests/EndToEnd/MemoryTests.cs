namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>No client makes the server large by what it sends or asks for, and what a load took is given back.</summary>
[Collection(nameof(RunsAlone))]
public sealed class MemoryTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IDisposable
{
    private const long Allowed = 32 * 1024 * 1024;
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(10);
    private readonly FileTree _tree = new();

    private long Resident => ProcFs.ResidentBytes(fixture.Server.Pid);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task What_large_input_took_is_given_back()
    {
        var before = await WarmAsync();
        var bytes = new byte[11 * 1024 * 1024];
        for (var session = 0; session < 4; session++)
        {
            await using var client = await fixture.OpenAsync();
            var start = WireClient.ScriptParams("p", "cat > /dev/null");
            start["pipeStdin"] = true;
            await client.StartAsync(start);
            for (var write = 0; write < 3; write++)
            {
                Assert.Equal("accepted", (string?)(await client.ResultAsync("process/write", WireClient.WriteParams("p", bytes, $"w-{write}")))["status"]);
            }
        }

        await GivenBackAsync(before);
    }

    [Fact]
    [Difference("untold-file-size")]
    public async Task Files_without_an_end_are_refused_before_they_take_memory()
    {
        await using var server = await ServerProcess.StartAsync(); // of its own: the most that it ever took is looked at
        var before = ProcFs.ResidentBytes(server.Pid);
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WireClient.OpenAsync(server)));
        var asked = clients.Select(client => client.ErrorAsync("fs/readFile", new JObject { ["path"] = "file:///proc/self/pagemap" })).ToList();
        await using (var other = await WireClient.OpenAsync(server))
        {
            Assert.Equal(["x"], await ReadSmallAsync(other));
        }

        Assert.All(await Task.WhenAll(asked), error => Assert.Equal(
            new WireError(ErrorCode.InvalidRequest, "file is too large to read: limit is 536870912 bytes"), error));
        Assert.InRange(ProcFs.PeakResidentBytes(server.Pid) - before, long.MinValue, 3 * Allowed);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    [Difference("large-answers")]
    public async Task Answers_that_nobody_takes_are_bounded_for_a_connection_and_for_all_and_gone_with_it()
    {
        var before = await WarmAsync();
        _tree.Sparse("half-gibibyte", 512L * 1024 * 1024).Sparse("large", 16 * 1024 * 1024);
        using var many = await UnreadAsync(2);
        for (var request = 0; request < 64; request++)
        {
            await AskAsync(many, "large");
        }

        await using var other = await fixture.OpenAsync();
        Assert.Equal(["x"], await ReadSmallAsync(other));
        Assert.InRange(Resident - before, long.MinValue, 8 * Allowed);

        // One takes what may be had at once, and the other is refused: which is first, nobody knows.
        using var one = await UnreadAsync(3);
        using var two = await UnreadAsync(3);
        await AskAsync(one, "half-gibibyte");
        await AskAsync(two, "half-gibibyte");
        var refused = await (await Task.WhenAny(RefusalAsync(one), RefusalAsync(two)));
        Assert.Equal(new WireError(ErrorCode.LimitReached, "limit reached: memory.answer-bytes"), refused);
        Assert.Equal(["x"], await ReadSmallAsync(other));

        many.Connection.Reset();
        one.Connection.Reset();
        two.Connection.Reset();
        await GivenBackAsync(before);
    }

    [Fact]
    [Difference("handshake-message-size")]
    public async Task A_long_message_before_the_handshake_is_refused_by_its_head()
    {
        var before = await WarmAsync();
        var strangers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RawWebSocket.ConnectAsync(fixture.Server.Endpoint)));
        foreach (var stranger in strangers)
        {
            await stranger.Connection.SendAsync(WebSocketFrame.Header(WebSocketOpcode.Text, 63 * 1024 * 1024));
            await stranger.Connection.SendAsync(new byte[4]); // the mask, and not one byte of the message
            var close = await stranger.NextAsync();
            Assert.Equal((WebSocketOpcode.Close, 1009), (close!.Opcode, close.CloseCode));
            Assert.Equal("message is longer than 65536 bytes (connection.handshake-message-bytes)", close.CloseReason);
            stranger.Dispose();
        }

        Assert.InRange(Resident - before, long.MinValue, Allowed);
    }

    // What a server takes that has done a bit of everything.
    private async Task<long> WarmAsync()
    {
        await using var client = await fixture.OpenAsync();
        Assert.Equal("x\n", (await client.RunAsync("warm", "echo x")).Stdout);
        await ReadSmallAsync(client);
        return Resident;
    }

    private async Task<string[]> ReadSmallAsync(WireClient client)
    {
        _tree.File("small", "x");
        var read = await client.ResultAsync("fs/readFile", new JObject { ["path"] = _tree.Uri("small") });
        return [System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)read["dataBase64"]!))];
    }

    private async Task GivenBackAsync(long before)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100)); // nothing tells when memory goes back to the system
        while (Resident - before > Allowed)
        {
            Assert.True(
                System.Diagnostics.Stopwatch.GetElapsedTime(started) < 3 * _within, // a busy machine; 10 s are promised
                $"{(Resident - before) >> 20} MiB more than before are still held");
            await pace.WaitForNextTickAsync();
        }
    }

    private async Task<RawWebSocket> UnreadAsync(int id)
    {
        var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint, receiveBufferBytes: 4096);
        await socket.SendTextAsync($$$"""{"id":{{{id}}},"method":"initialize","params":{"clientName":"unread"}}""");
        await socket.SendTextAsync("""{"method":"initialized"}""");
        Assert.NotNull(await socket.NextAsync());
        return socket;
    }

    private Task AskAsync(RawWebSocket socket, string name) =>
        socket.SendTextAsync($$$"""{"id":9,"method":"fs/readFile","params":{"path":"{{{_tree.Uri(name)}}}"}}""");

    // The head of the answer says whether it is short: then it is a refusal. A long one is left where it is.
    private static async Task<WireError> RefusalAsync(RawWebSocket socket)
    {
        var head = await socket.Connection.ReadExactlyAsync(2) ?? throw new IOException("the connection ended before the answer");
        if (head[1] < 126)
        {
            var text = await socket.Connection.ReadExactlyAsync(head[1]) ?? throw new IOException("the connection ended within the answer");
            return WireError.Of(JObject.Parse(System.Text.Encoding.UTF8.GetString(text)));
        }

        return await new TaskCompletionSource<WireError>().Task; // never
    }
}
