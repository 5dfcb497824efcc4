using System.Text;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>A server that runs out of descriptors refuses with words what needs one, serves on what does not, and is whole again afterwards.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ExhaustionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string TooManyFiles = "Too many open files (os error 24)";

    [Fact]
    public async Task Without_a_free_descriptor_starts_and_files_are_refused_and_running_processes_served()
    {
        using var folder = new FileTree();
        folder.File("x", "content");
        await using var client = await fixture.OpenAsync();
        var cat = WireClient.StartParams("cat", "/bin/cat");
        cat["pipeStdin"] = true;
        await client.StartAsync(cat);
        var readFile = new JObject { ["path"] = folder.Uri("x") };
        await client.ResultAsync("fs/readFile", readFile);

        var pending = default(Task<WireClient>);
        using (Posix.LimitDescriptors(fixture.Server.Pid, 3))
        {
            for (var i = 0; i < 20; i++)
            {
                var refusal = await client.ErrorAsync("process/start", WireClient.StartParams("p", "/bin/true"));
                Assert.Equal(ErrorCode.InternalError, refusal.Code);
                Assert.StartsWith(TooManyFiles, refusal.Message, StringComparison.Ordinal);
            }

            Assert.Contains("os error 24", (await client.ErrorAsync("fs/readFile", readFile)).Message, StringComparison.Ordinal);
            Assert.Equal("accepted", await client.WriteAsync("cat", "still here\n", "1"));
            Assert.Equal("still here\n", await client.OutputUntilAsync("cat", "\n"));

            pending = fixture.OpenAsync(); // is let in when there is room again
            for (var i = 0; i < 20; i++)
            {
                await client.ResultAsync("environment/status");
            }
        }

        await using var late = await Patience.ForAsync(pending, () => "a connection that came while there was no descriptor");
        Assert.Equal("late\n", (await late.RunAsync("p", "echo late")).Stdout);
        Assert.Equal("p\n", (await client.RunAsync("p", "echo p")).Stdout);
        Assert.Equal("content", Encoding.UTF8.GetString(Convert.FromBase64String((string)(await client.ResultAsync("fs/readFile", readFile))["dataBase64"]!)));
    }
}
