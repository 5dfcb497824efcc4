using System.Diagnostics;

using ExecActors.Testing;

using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A program that takes all process ids ends nothing but itself: the server answers other clients meanwhile, and is whole when they are free again.</summary>
/// <remarks>In a cgroup of its own, and for a bounded time. Where this user may make none, the test says so and ends.</remarks>
[Collection(nameof(RunsAlone))]
public sealed class PidBombTests(ITestOutputHelper output)
{
    private const int Pids = 120;

    /// <summary>Forks for as long as it may; what it forked lies still for a while, in the group of its parent or in a session of its own.</summary>
    private const string Bomb = "trap '' TERM; n=0; while [ $n -lt 400 ]; do n=$((n+1)); WAY sleep 30 & done 2>/dev/null; wait";

    private const string ReadOnlySandbox =
        """
        {
          "permissions": {
            "type": "managed",
            "file_system": {
              "type": "restricted",
              "entries": [{ "path": { "type": "special", "value": { "kind": "root" } }, "access": "read" }]
            },
            "network": "restricted"
          },
          "cwd": "file:///",
          "workspaceRoots": [],
          "windowsSandboxLevel": "disabled"
        }
        """;

    [Theory]
    [InlineData("")]
    [InlineData("setsid")]
    public Task A_program_that_takes_all_process_ids_is_ended_and_harms_nobody_else(string way) => BombAsync(way, sandbox: null);

    [SandboxTheory]
    [InlineData("")]
    [InlineData("setsid")]
    public Task So_is_one_inside_a_sandbox(string way) => BombAsync(way, JObject.Parse(ReadOnlySandbox));

    [Fact]
    public async Task A_server_without_process_ids_ends_cleanly_when_it_is_told_to()
    {
        await using var server = await ServerProcess.StartAsync();
        using var group = PidsCgroup.TryMakeFor(server.Pid);
        if (group is null)
        {
            output.WriteLine("no cgroup with the pids controller can be made here: nothing was tested");
            return;
        }

        await using (var client = await WireClient.OpenAsync(server))
        {
            await client.ResultAsync("environment/info");
            group.Limit(1);
            await server.StopAsync();
        }
    }

    private async Task BombAsync(string way, JObject? sandbox)
    {
        await using var server = await ServerProcess.StartAsync();
        using var group = PidsCgroup.TryMakeFor(server.Pid);
        if (group is null)
        {
            output.WriteLine("no cgroup with the pids controller can be made here: nothing was tested");
            return;
        }

        using var folder = new FileTree();
        folder.File("x", "content");
        await using var hostile = await WireClient.OpenAsync(server);
        await using var other = await WireClient.OpenAsync(server);
        var readFile = new JObject { ["path"] = folder.Uri("x") };
        group.Limit(Pids);
        var bomb = WireClient.StartParams("bomb", "/bin/bash", "-c", Bomb.Replace("WAY", way, StringComparison.Ordinal));
        bomb["sandbox"] = sandbox;
        await hostile.ResultAsync("process/start", bomb);
        await SettleAsync(other, () => group.Current == Pids, group);

        var slowest = TimeSpan.Zero;
        for (var number = 0; number < 30; number++)
        {
            var since = Stopwatch.GetTimestamp();
            var answer = await other.RequestAsync("process/start", WireClient.StartParams($"p{number}", "/bin/true"));
            Assert.True(answer["error"] is null || (int)answer["error"]!["code"]! == ErrorCode.InternalError, answer.ToString());
            await other.ResultAsync("fs/readFile", readFile);
            await using (await WireClient.OpenAsync(server))
            {
                slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(since).Ticks));
            }
        }

        output.WriteLine($"the slowest round took {slowest.TotalMilliseconds:0} ms");
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(3)); // three requests, each within a second
        await hostile.ResultAsync("process/terminate", new JObject { ["processId"] = "bomb" });
        await SettleAsync(other, () => group.Current < Pids / 2, group);
        Assert.Equal("again\n", (await other.RunAsync("again", "echo again")).Stdout);
        group.Limit(null);
    }

    // Nothing tells of a number of process ids: it is looked at after each answer.
    private static async Task SettleAsync(WireClient client, Func<bool> settled, PidsCgroup group)
    {
        var since = Stopwatch.GetTimestamp();
        while (!settled())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience.Limit, $"{group.Current} process ids are in use");
            await client.ResultAsync("environment/status");
        }
    }
}
