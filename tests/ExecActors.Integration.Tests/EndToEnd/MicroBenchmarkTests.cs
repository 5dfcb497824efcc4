using ExecActors.Testing;

namespace ExecActors.Integration.Tests.EndToEnd;

/// <summary>That each micro benchmark comes to its end. What it measures is not looked at.</summary>
public sealed class MicroBenchmarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_runs_once()
    {
        var (_, listed, _) = await BenchmarkProgram.RunAsync("--list", "flat");
        var names = listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("ExecActors.Benchmarks.", StringComparison.Ordinal)).ToArray();

        var (status, output, error) = await BenchmarkProgram.RunAsync(
            "--filter", "*", "--warmupCount", "1", "--iterationCount", "1", "--invocationCount", "1", "--unrollFactor", "1", "--artifacts", _folder.Path);

        Assert.True(status == 0, error);
        Assert.NotEmpty(names);
        Assert.Equal(names.Length, output.Split('\n').Count(line => line.StartsWith("WorkloadResult ", StringComparison.Ordinal)));
    }
}
