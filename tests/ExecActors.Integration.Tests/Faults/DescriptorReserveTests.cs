using System.Diagnostics;
using System.Net.Sockets;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>With few descriptors neither strangers nor a client that keeps all it can take those that others need.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DescriptorReserveTests
{
    private const int Limit = 480;
    private static readonly TimeSpan s_aSecond = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Idle_connections_leave_room_for_the_work_of_those_that_are_there()
    {
        await using var server = await StartWithAsync($"ulimit -n {Limit}");
        using var folder = new FileTree();
        folder.File("x", "content");
        var readFile = new JObject { ["path"] = folder.Uri("x") };
        await using var client = await WireClient.OpenAsync(server);
        await client.RunAsync("before", "echo before");
        var strangers = new List<Socket>();
        try
        {
            for (var number = 0; number < Limit; number++)
            {
                var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
                strangers.Add(stranger);
                try
                {
                    await stranger.ConnectAsync(server.Endpoint);
                }
                catch (SocketException)
                {
                    // Closed before the connect has told of it: one too many.
                }
            }

            for (var number = 0; number < 20; number++)
            {
                var since = Stopwatch.GetTimestamp();
                await client.StartAsync(WireClient.StartParams($"p{number}", "/bin/sleep", "1000"));
                Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, s_aSecond);
                since = Stopwatch.GetTimestamp();
                await client.ResultAsync("fs/readFile", readFile);
                Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, s_aSecond);
            }
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }

        Assert.Equal("after\n", (await client.RunAsync("after", "echo after")).Stdout);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_client_that_keeps_all_it_can_leaves_room_for_others()
    {
        await using var server = await StartWithAsync($"ulimit -n {Limit}");
        using var folder = new FileTree();
        folder.File("x", "content");
        await using var other = await WireClient.OpenAsync(server);
        await other.RunAsync("before", "echo before");
        await using var greedy = await WireClient.OpenAsync(server);
        var (handles, processes) = (0, 0);
        while ((await greedy.RequestAsync("fs/open", new JObject { ["path"] = folder.Uri("x"), ["handleId"] = $"h{handles}", ["mode"] = "read" }))["error"] is null)
        {
            handles++;
        }

        var greed = WireClient.StartParams("", "/bin/sleep", "1000");
        greed["pipeStdin"] = true;
        do
        {
            greed["processId"] = $"p{processes++}";
        }
        while ((await greedy.RequestAsync("process/start", greed))["error"] is null);

        Assert.InRange(handles, 8, 128);
        Assert.InRange(processes, 8, 64);
        Assert.Equal("other\n", (await other.RunAsync("other", "echo other")).Stdout);
        await other.ResultAsync("fs/readFile", new JObject { ["path"] = folder.Uri("x") });
        await using var late = await WireClient.OpenAsync(server);
        Assert.Equal("late\n", (await late.RunAsync("late", "echo late")).Stdout);
    }

    [Fact]
    public async Task The_soft_limit_is_raised_to_the_hard_one()
    {
        await using var server = await StartWithAsync($"ulimit -Sn 300; ulimit -Hn {Limit}");
        var limits = await File.ReadAllLinesAsync($"/proc/{server.Pid}/limits");
        Assert.Contains(limits, line => line.StartsWith("Max open files", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] == $"{Limit}");
        await server.StopAsync();
    }

    private static Task<ServerProcess> StartWithAsync(string limit) =>
        ServerProcess.StartWrappedAsync(["/bin/bash", "-c", $"{limit}; exec \"$@\"", "bash"], "ws://127.0.0.1:0");
}
