using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>A network that swallows everything: no reset, no end, and a peer's kernel that acknowledges nothing any more.</summary>
public sealed class NetworkLossTests : IDisposable
{
    private const string Impatient =
        """
        execactors.connection {
          keepalive-idle = 1s
          keepalive-interval = 1s
          keepalive-probes = 2
          user-timeout = 2s
        }
        """;

    private readonly FileTree _folder = new();

    [Fact]
    [Difference("dead-peers")]
    public async Task A_quiet_connection_is_given_up_by_keep_alive_and_its_session_resumed_without_takeover()
    {
        await using var island = await NetworkIsland.StartAsync(Impatient, _folder);
        await using var lost = await WireClient.ConnectAsync(island.OverMortalAddress());
        await lost.InitializeAsync();
        Assert.Equal("ready\n", (await lost.RunAsync("p", "echo ready")).Stdout);

        await island.LoseAddressAsync();
        await using var back = await WireClient.ConnectAsync(island.OverLoopback());
        await back.InitializeAsync(lost.SessionId); // asks again while the session is attached, as clients do
        Assert.Equal(lost.SessionId, back.SessionId);
        Assert.Equal(0, (int)(await back.ReadAsync("p"))["exitCode"]!);
        Assert.Null(lost.Pipe.Ending);
        lost.Socket.Connection.Dispose();
        await island.Server.StopAsync();
    }

    [Fact]
    [Difference("dead-peers")]
    public async Task A_busy_connection_is_given_up_in_time_and_no_output_is_lost()
    {
        const int Lines = 140_000; // 980 kB: less than the ring holds
        await using var island = await NetworkIsland.StartAsync(Impatient, _folder);
        await using var lost = await WireClient.ConnectAsync(island.OverMortalAddress());
        await lost.InitializeAsync();
        using var step = new Fifo();
        await lost.StartAsync(WireClient.ScriptParams("p", $"echo begin; {step.Wait}; seq 100001 {100_000 + Lines}"));
        Assert.Equal("begin\n", await lost.OutputUntilAsync("p", "\n"));

        await island.LoseAddressAsync();
        await step.ReleaseAsync();
        await using var back = await WireClient.ConnectAsync(island.OverLoopback());
        await back.InitializeAsync(lost.SessionId);
        var text = new System.Text.StringBuilder();
        long after = 1;
        JObject read;
        do
        {
            read = await back.ReadAsync("p", after, waitMs: (long)Patience.Limit.TotalMilliseconds);
            foreach (var chunk in read["chunks"]!)
            {
                Assert.Equal(++after, (long)chunk["seq"]!);
                text.Append(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)chunk["chunk"]!)));
            }
        }
        while (read["exitCode"]!.Type == JTokenType.Null || read["chunks"]!.Any());
        Assert.Equal(string.Concat(Enumerable.Range(100_001, Lines).Select(line => string.Create(CultureInfo.InvariantCulture, $"{line}\n"))), text.ToString());
        lost.Socket.Connection.Dispose();
        await island.Server.StopAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
