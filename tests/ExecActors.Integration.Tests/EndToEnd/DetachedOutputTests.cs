using ExecActors.Testing;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>Output while no client is there: what the log keeps, what it states, and what it costs.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DetachedOutputTests(DetachedOutputTests.ImpatientFixture fixture) : IClassFixture<DetachedOutputTests.ImpatientFixture>
{
    private const long Burst = 2L * 1024 * 1024 * 1024 / CountingOutput.LineBytes * CountingOutput.LineBytes;
    private const long Cap = 64L * 1024 * 1024;
    private const long AnswerBytes = 8L * 1024 * 1024;
    private const long AllowedGrowth = 48L * 1024 * 1024;

    [Fact]
    [Difference("detached-wait")]
    [Difference("bounded-answers")]
    public async Task Of_a_burst_of_two_gigabytes_the_last_64_MiB_are_whole_and_the_gap_is_stated()
    {
        await using var first = await fixture.OpenAsync();
        await Bulk.EchoAsync(first, "warm", bytes: 4 * 1024 * 1024);
        var resident = ProcFs.ResidentBytes(fixture.Server.Pid);
        using var go = new Fifo();
        using var printed = new Fifo();
        using var read = new Fifo();
        await first.StartAsync(WireClient.ScriptParams("p", $"{go.Wait}; {CountingOutput.Program(Burst)}; {printed.Wait}; {read.Wait}"));
        first.Socket.Connection.Reset();
        await go.ReleaseAsync();
        await printed.ReleaseAsync(TestTimeouts.Bulk);
        Assert.InRange(ProcFs.PeakResidentBytes(fixture.Server.Pid) - resident, long.MinValue, AllowedGrowth);

        await using var second = await fixture.OpenAsync(first.SessionId);
        var stream = new CountingOutput();
        var firstSeq = 0L;
        var next = 1L;
        while (stream.NextNumber < CountingOutput.First + (Burst / CountingOutput.LineBytes))
        {
            var before = stream.Length;
            var answer = await second.ReadAsync("p", next - 1);
            Assert.Equal(firstSeq == 0, answer["firstSeq"] is not null);
            if (firstSeq == 0)
            {
                next = firstSeq = (long)answer["firstSeq"]!;
            }

            foreach (var chunk in answer["chunks"]!)
            {
                Assert.Equal(next++, (long)chunk["seq"]!);
                stream.Add(Convert.FromBase64String((string)chunk["chunk"]!));
            }

            Assert.Equal(next, (long)answer["nextSeq"]!);
            Assert.InRange(stream.Length - before, 0, AnswerBytes);
        }

        await read.ReleaseAsync();
        Assert.Equal(0, (int)(await second.NotificationAsync("process/exited", "p"))["exitCode"]!);
        await second.NotificationAsync("process/closed", "p");
        Assert.InRange(firstSeq, 100, long.MaxValue);
        Assert.InRange(stream.Length, Cap - (256 * 1024), Cap + (2 * 1024 * 1024));
        for (var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds; ServerLeakCheck.CountSpillFiles(fixture.Server) > 0;)
        {
            Assert.True(Environment.TickCount64 < patience, "the file outlives its process");
            await second.ResultAsync("environment/status");
        }
    }

    /// <summary>A server whose processes wait for an absent client for a moment only.</summary>
    public sealed class ImpatientFixture() : ConfiguredServerFixture("execactors { process { detached-stall = 300ms, linger = 3s } }");
}
