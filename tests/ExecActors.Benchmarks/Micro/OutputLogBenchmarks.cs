using BenchmarkDotNet.Attributes;

using ExecActors.Platform;
using ExecActors.Runtime.Processes;

namespace ExecActors.Benchmarks.Micro;

/// <summary>What a chunk costs in the log of a process whose ring is full: append, look up, drop the oldest.</summary>
public class OutputLogBenchmarks
{
    private const int RingBytes = 1024 * 1024;

    private readonly byte[] _small = Frames.Bytes(80);
    private readonly byte[] _large = Frames.Bytes(64 * 1024);
    private OutputLog _log = null!;

    [GlobalSetup]
    public void Fill()
    {
        _log = new OutputLog(RingBytes);
        for (var i = 0; i < 2 * RingBytes / _small.Length; i++)
        {
            Append80();
        }
    }

    [GlobalCleanup]
    public void Empty() => _log.Dispose();

    [Benchmark]
    public void Append80() => Append(ByteLease.CopyOf(_small));

    /// <summary>The copy into the lease is part of the figure; the server reads into it.</summary>
    [Benchmark]
    public void Append64K() => Append(ByteLease.CopyOf(_large));

    [Benchmark]
    public bool Get() => _log.TryGet(_log.FirstSequence, out _);

    private void Append(ByteLease bytes)
    {
        _log.Append(OutputStreamKind.Stdout, bytes);
        _log.Evict(_log.NextSequence);
    }
}
