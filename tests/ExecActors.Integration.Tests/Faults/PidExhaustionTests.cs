using Xunit.Abstractions;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A server for which there are no more processes and threads refuses starts with words, serves on, and starts again when there are.</summary>
/// <remarks>Brought about by a cgroup of its own. Where this user may make none, the test says so and ends.</remarks>
[Collection(nameof(RunsAlone))]
public sealed class PidExhaustionTests(ITestOutputHelper output)
{
    private const string NoMore = "Resource temporarily unavailable (os error 11)";

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Starts_are_refused_while_there_are_no_pids_and_what_runs_is_served(int spare)
    {
        await using var server = await ServerProcess.StartAsync();
        using var group = PidsCgroup.TryMakeFor(server.Pid);
        if (group is null)
        {
            output.WriteLine("no cgroup with the pids controller can be made here: nothing was tested");
            return;
        }

        var leaks = await ServerLeakCheck.StartAsync(server);
        await using (var client = await WireClient.OpenAsync(server))
        {
            var cat = WireClient.StartParams("cat", "/bin/cat");
            cat["pipeStdin"] = true;
            await client.StartAsync(cat);

            group.Limit(group.Current + spare);
            var started = 0;
            for (var refused = 0; refused < 20;)
            {
                var answer = await client.RequestAsync("process/start", WireClient.StartParams($"p{started}", "/bin/sleep", "1000"));
                if (answer["error"] is { } error)
                {
                    refused++;
                    Assert.Equal(ErrorCode.InternalError, (int)error["code"]!);
                    Assert.StartsWith(NoMore, (string)error["message"]!, StringComparison.Ordinal);
                }
                else
                {
                    Assert.InRange(++started, 1, spare);
                }
            }

            Assert.Equal("accepted", await client.WriteAsync("cat", "still here\n", "1"));
            Assert.Equal("still here\n", await client.OutputUntilAsync("cat", "\n"));
            await using (var late = await WireClient.OpenAsync(server))
            {
                await late.ResultAsync("environment/info");
            }

            for (var number = 0; number < started; number++)
            {
                await client.ResultAsync("process/terminate", new JObject { ["processId"] = $"p{number}" });
            }

            group.Limit(null);
            Assert.Equal("again\n", (await client.RunAsync("again", "echo again")).Stdout);
            await client.ResultAsync("process/terminate", new JObject { ["processId"] = "cat" });
        }

        await leaks.AssertNothingLeftAsync();
    }
}
