using System.Diagnostics;
using System.Globalization;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>No disk for output, or one that takes no more: the ring is left, reads state the gap, and the server goes on.</summary>
public sealed class SpillFailureTests
{
    private const int Bytes = 8 * 1024 * 1024 / 11 * 11;

    [Theory]
    [InlineData("/nonexistent/for-output", "No such file or directory")]
    [InlineData("/dev/shm", "memory")]
    public async Task A_directory_that_cannot_be_used_is_said_once_and_output_stays_in_memory(string directory, string reason)
    {
        var file = Path.Combine(ServerUnderTest.Home, $"{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, $"execactors.output.spill-directory = \"{directory}\"");
        await using var server = await ServerProcess.StartAsync(["--config", file]);

        await CheckRingOnlyAsync(server);

        Assert.Single(server.Log.Split('\n'), line => line.Contains("output.spill-directory", StringComparison.Ordinal));
        Assert.Contains(reason, server.Log, StringComparison.Ordinal);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_file_that_may_not_grow_leaves_the_ring_and_a_stated_gap()
    {
        await using var server = await ServerProcess.StartAsync();
        using (var limit = Process.Start("prlimit", [$"--fsize={2 * 1024 * 1024}", "--pid", server.Pid.ToString(CultureInfo.InvariantCulture)]))
        {
            await Patience.ForAsync(limit.WaitForExitAsync(), () => "prlimit");
            Assert.Equal(0, limit.ExitCode);
        }

        await CheckRingOnlyAsync(server);

        Assert.Contains("File too large", server.Log, StringComparison.Ordinal);
        await server.StopAsync();
    }

    private static async Task CheckRingOnlyAsync(ServerProcess server)
    {
        await using var client = await WireClient.OpenAsync(server);
        var run = await client.RunAsync("p", CountingOutput.Program(Bytes));
        Assert.Equal(Bytes, run.Bytes("stdout").Length);
        var live = new CountingOutput();
        live.Add(run.Bytes("stdout"), fromStart: true);

        var read = await client.ReadAsync("p");
        var kept = new CountingOutput();
        var seq = (long)read["firstSeq"]!;
        foreach (var chunk in read["chunks"]!)
        {
            Assert.Equal(seq++, (long)chunk["seq"]!);
            kept.Add(Convert.FromBase64String((string)chunk["chunk"]!));
        }

        Assert.Equal(run.LastSeq + 1, (long)read["nextSeq"]!);
        Assert.InRange(kept.Length, 256 * 1024, 6 * 1024 * 1024);
        Assert.Equal(live.NextNumber, kept.NextNumber);
    }
}
