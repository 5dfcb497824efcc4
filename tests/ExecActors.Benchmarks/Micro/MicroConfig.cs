using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ExecActors.Benchmarks.Micro;

/// <summary>How micro benchmarks run: in this process, with allocations, and as a table that can be put into a document.</summary>
/// <remarks>
/// In this process, because the runner's generated projects would be built under this repository's rules (warnings are errors, central versions).
/// The project's own settings then hold: workstation garbage collection, not concurrent, as in the server.
/// </remarks>
internal sealed class MicroConfig : ManualConfig
{
    private const int Warmups = 5;
    private const int Rounds = 15;

    public MicroConfig()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(Warmups).WithIterationCount(Rounds));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Params, DefaultColumnProviders.Metrics);

        // The least and the middle rather than a mean: what a busy machine adds is no property of the function.
        AddColumn(StatisticColumn.Min, StatisticColumn.Median, StatisticColumn.Max);
        AddExporter(MarkdownExporter.GitHub);
        AddLogger(ConsoleLogger.Default);
    }
}
