using ExecActors.Testing;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>Output while no client is there: what the log keeps, what it states, and what it costs.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DetachedOutputTests(DetachedOutputTests.ImpatientFixture fixture) : IClassFixture<DetachedOutputTests.ImpatientFixture>
{
    private const long Burst = 2L * 1024 * 1024 * 1024 / 11 * 11;
    private const long Cap = 64L * 1024 * 1024;
    private const long AllowedGrowth = 48L * 1024 * 1024;

    [Fact]
    [Difference("detached-wait")]
    [Difference("bounded-answers")]
    public async Task Of_a_burst_of_two_gigabytes_the_last_64_MiB_are_whole_and_the_gap_is_stated()
    {
        await using var first = await fixture.OpenAsync();
        await Bulk.EchoAsync(first, "warm", bytes: 4 * 1024 * 1024);
        var before = ProcFs.ResidentBytes(fixture.Server.Pid);
        using var go = new Fifo();
        await first.StartAsync(WireClient.ScriptParams("p", $"{go.Wait}; {CountingOutput.Program(Burst)}"));
        var child = Assert.Single(ProcFs.Children(fixture.Server.Pid));
        first.Socket.Connection.Reset();
        await go.ReleaseAsync();
        await Posix.EndOfWorkAsync(child, TestTimeouts.Bulk);
        Assert.InRange(ProcFs.PeakResidentBytes(fixture.Server.Pid) - before, long.MinValue, AllowedGrowth);

        await using var second = await fixture.OpenAsync(first.SessionId);
        var stream = new CountingOutput();
        var firstSeq = 0L;
        var next = 1L;
        for (var closed = false; !closed;)
        {
            var read = await second.ReadAsync("p", next - 1, waitMs: (long)Patience.Limit.TotalMilliseconds);
            if (firstSeq == 0)
            {
                firstSeq = (long)read["firstSeq"]!;
                next = firstSeq;
            }
            else
            {
                Assert.Null(read["firstSeq"]);
            }

            foreach (var chunk in read["chunks"]!)
            {
                Assert.Equal(next++, (long)chunk["seq"]!);
                stream.Add(Convert.FromBase64String((string)chunk["chunk"]!));
            }

            closed = (bool)read["closed"]!;
            Assert.Equal(closed ? 0 : null, (int?)read["exitCode"]); // an answer that is cut says nothing of the end
            next = (long)read["nextSeq"]!;
        }

        Assert.InRange(firstSeq, 100, long.MaxValue);
        Assert.InRange(stream.Length, Cap - (256 * 1024), Cap + (2 * 1024 * 1024));
        Assert.Equal(CountingOutput.First + (Burst / 11), stream.NextNumber);
        for (var patience = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds; ServerLeakCheck.CountSpillFiles(fixture.Server) > 0;)
        {
            Assert.True(Environment.TickCount64 < patience, "the file outlives its process");
            await second.ResultAsync("environment/status");
        }
    }

    /// <summary>A server whose processes wait for an absent client for a moment only.</summary>
    public sealed class ImpatientFixture() : ConfiguredServerFixture("execactors { process { detached-stall = 300ms, linger = 1s } }");
}
