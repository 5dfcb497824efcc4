using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>A client that writes more than a program reads can still look at it and end it, over the same connection.</summary>
public sealed class ParkedInputTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int WriteBytes = 1024 * 1024; // 4/3 of that as base64
    private const int Parked = 48; // limits.parked-bytes of them
    private const int Queued = 4; // process.stdin-queue-bytes of them
    private const int KeptBack = 2; // less than limits.reserve-bytes of them

    [Fact]
    public async Task Behind_64_MiB_of_parked_writes_a_terminate_is_seen_and_every_write_is_answered_truthfully()
    {
        await using var client = await fixture.OpenAsync();
        var start = WireClient.StartParams("p", "/bin/sleep", "1000");
        start["pipeStdin"] = true;
        await client.StartAsync(start);
        var writes = new List<long>();
        for (var i = 0; i < Parked + Queued + KeptBack; i++)
        {
            writes.Add(await client.PostAsync(
                "process/write", WireClient.WriteParams("p", new byte[WriteBytes], i.ToString(CultureInfo.InvariantCulture))));
        }

        await client.ResultAsync("environment/status");
        Assert.False((bool)(await client.ReadAsync("p"))["exited"]!);
        Assert.Equal("other\n", (await client.RunAsync("other", "echo other")).Stdout);
        Assert.True(await client.TerminateAsync("p"));

        var run = await client.FinishAsync("p");
        Assert.Equal(128 + (int)PosixSignalNumber.Kill, run.ExitCode);
        var answers = new List<string>();
        foreach (var write in writes)
        {
            answers.Add((string)WireClient.ResultOf(await client.AnswerAsync(write))["status"]!);
        }

        var accepted = answers.TakeWhile(answer => answer == "accepted").Count();
        Assert.InRange(accepted, 1, Queued + 1);
        Assert.All(answers.Skip(accepted), answer => Assert.Equal("stdinClosed", answer));
        Assert.Equal("again\n", (await client.RunAsync("again", "echo again")).Stdout);
    }

    [Fact]
    public async Task Beyond_the_reserve_the_connection_is_not_read_and_nothing_is_lost_when_the_program_reads_on()
    {
        const int Writes = Parked + Queued + 16;
        using var folder = new FileTree();
        await using var client = await fixture.OpenAsync();
        var start = WireClient.ScriptParams("p", $"while ! test -e {folder.At("go")}; do sleep 0.01; done; cksum");
        start["pipeStdin"] = true;
        await client.StartAsync(start);
        var posts = Task.Run(async () =>
        {
            var ids = new List<long>();
            for (var i = 0; i < Writes; i++)
            {
                var bytes = new byte[WriteBytes];
                Array.Fill(bytes, (byte)i);
                var write = WireClient.WriteParams("p", bytes, i.ToString(CultureInfo.InvariantCulture));
                write["closeStdin"] = i == Writes - 1;
                ids.Add(await client.PostAsync("process/write", write));
            }

            return ids;
        });
        const long InQueue = 2 + Queued; // the requests before are initialize and process/start
        Assert.Equal("accepted", (string?)WireClient.ResultOf(await client.AnswerAsync(InQueue))["status"]);
        folder.File("go");

        foreach (var id in (await Patience.ForAsync(posts, () => "the server to take all writes")).Where(id => id != InQueue))
        {
            Assert.Equal("accepted", (string?)WireClient.ResultOf(await client.AnswerAsync(id))["status"]);
        }

        var run = await client.FinishAsync("p");
        Assert.EndsWith($" {(long)Writes * WriteBytes}\n", run.Stdout, StringComparison.Ordinal);
    }
}
