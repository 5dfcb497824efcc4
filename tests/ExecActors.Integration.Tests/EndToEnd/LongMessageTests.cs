namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>Long messages that do not come take no more memory than all may, and hold nobody up for good.</summary>
public sealed class LongMessageTests(LongMessageTests.SmallRoom fixture) : IClassFixture<LongMessageTests.SmallRoom>, IDisposable
{
    private const int Senders = 8;
    private const int FragmentBytes = 3 * 1024 * 1024;
    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    [Difference("long-messages")]
    public async Task A_message_that_does_not_come_ends_its_connection_while_others_wait()
    {
        var senders = await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => BeginAsync()));
        var ends = senders.Select(EndAsync).ToList();
        await using var client = await fixture.OpenAsync();
        Assert.Equal("x\n", (await client.RunAsync("p", "echo x")).Stdout); // short messages do not wait

        var bytes = new byte[1024 * 1024];
        await client.ResultAsync("fs/writeFile", new JObject { ["path"] = _tree.Uri("long"), ["dataBase64"] = Convert.ToBase64String(bytes) });
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_tree.At("long")));

        var close = await await Task.WhenAny(ends);
        Assert.Equal(
            (WebSocketOpcode.Close, 1008, "a long message did not come in time, and others wait (memory.message-patience)"),
            (close!.Opcode, close.CloseCode, close.CloseReason));
        foreach (var sender in senders)
        {
            sender.Dispose();
        }
    }

    [Fact]
    [Difference("long-messages")]
    public async Task Messages_that_have_come_and_that_no_program_reads_keep_nobody_else_from_his()
    {
        await using var holder = await fixture.OpenAsync();
        var start = WireClient.ScriptParams("p", "sleep 1000");
        start["pipeStdin"] = true;
        await holder.StartAsync(start);
        var sends = new List<Task>();
        for (var number = 0; number < Senders; number++)
        {
            var write = new JObject { ["id"] = 100 + number, ["method"] = "process/write", ["params"] = WireClient.WriteParams("p", new byte[FragmentBytes / 2], $"w-{number}") };
            sends.Add(holder.SendAsync(write)); // the last ones are not read
        }

        await using var other = await fixture.OpenAsync();
        var bytes = new byte[FragmentBytes / 2];
        for (var number = 0; number < 2; number++)
        {
            await other.ResultAsync("fs/writeFile", new JObject { ["path"] = _tree.Uri("held"), ["dataBase64"] = Convert.ToBase64String(bytes) });
            Assert.Equal(bytes, await File.ReadAllBytesAsync(_tree.At("held")));
        }
    }

    // A fragment is begun, and not ended.
    private async Task<RawWebSocket> BeginAsync()
    {
        var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint);
        await socket.SendTextAsync("""{"id":1,"method":"initialize","params":{"clientName":"unfinished"}}""");
        await socket.SendTextAsync("""{"method":"initialized"}""");
        Assert.NotNull(await socket.NextAsync());
        await socket.Connection.SendAsync(WebSocketFrame.Header(WebSocketOpcode.Text, FragmentBytes, final: false));
        await socket.Connection.SendAsync(new byte[64]); // the mask, and a bit of the message
        return socket;
    }

    private static async Task<WebSocketFrame?> EndAsync(RawWebSocket socket)
    {
        var close = await socket.NextAsync();
        socket.Dispose();
        return close;
    }

    /// <summary>A server that takes four such messages at once.</summary>
    public sealed class SmallRoom() : ConfiguredServerFixture(
        "execactors { limits.message-bytes = 4MiB, memory { message-bytes = 16MiB, message-bytes-per-principal = 12MiB, message-patience = 500ms } }");
}
