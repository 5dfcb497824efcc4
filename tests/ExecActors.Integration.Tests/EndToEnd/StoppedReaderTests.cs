namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>Dead peers are cut in time, and a client that merely stops reading is no dead peer.</summary>
public sealed class StoppedReaderTests(StoppedReaderTests.ImpatientFixture fixture) : IClassFixture<StoppedReaderTests.ImpatientFixture>
{
    private const int Bytes = 16 * 1024 * 1024;

    [Fact]
    public async Task A_client_that_stops_reading_for_longer_than_the_user_timeout_keeps_its_connection()
    {
        await using var other = await fixture.OpenAsync();
        using var socket = await RawWebSocket.ConnectAsync(fixture.Server.Endpoint, receiveBufferBytes: 4096);
        await SendAsync(socket, 1, "initialize", new JObject { ["clientName"] = "stopped" });
        await socket.SendTextAsync("""{"method":"initialized"}""");
        await SendAsync(socket, 2, "process/start", WireClient.ScriptParams("p", $"head -c {Bytes} /dev/zero"));

        // Nothing is read meanwhile: the window is closed, and our kernel acknowledges every probe of it.
        await other.RunAsync("clock", "sleep 3");

        long size = 0;
        JObject message;
        do
        {
            message = JObject.Parse(((await socket.NextAsync()) ?? throw new IOException($"the connection was cut ({socket.Connection.Ending})")).Text);
            size += Convert.FromBase64String((string?)message["params"]?["chunk"] ?? "").Length;
        }
        while ((string?)message["method"] != "process/closed");
        Assert.Equal(Bytes, size);
    }

    private static Task SendAsync(RawWebSocket socket, int id, string method, JObject parameters) => socket.SendTextAsync(
        new JObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToString(Newtonsoft.Json.Formatting.None));

    /// <summary>A server that gives a silent peer the least time, two seconds.</summary>
    public sealed class ImpatientFixture() : ConfiguredServerFixture("execactors.connection.user-timeout = 2s");
}
