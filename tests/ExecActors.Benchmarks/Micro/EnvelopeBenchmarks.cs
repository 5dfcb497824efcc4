using System.Text;

using BenchmarkDotNet.Attributes;

using ExecActors.Protocol;

using Newtonsoft.Json.Linq;

namespace ExecActors.Benchmarks.Micro;

/// <summary>What every received frame costs first: the whole of it checked, id, method and params found.</summary>
public class EnvelopeBenchmarks
{
    private readonly byte[] _write = Frames.Write(64 * 1024);
    private readonly byte[] _output = Frames.Output(64 * 1024);

    /// <summary>A request of 110 bytes.</summary>
    [Benchmark]
    public bool ScanSmallRequest() => EnvelopeScanner.TryScan(Frames.Read, out _, out _);

    /// <summary>A request of 380 bytes with nested params.</summary>
    [Benchmark]
    public bool ScanProcessStart() => EnvelopeScanner.TryScan(Frames.Start, out _, out _);

    /// <summary>A write of 64 KiB, 87 KiB as base64.</summary>
    [Benchmark]
    public bool ScanWrite64K() => EnvelopeScanner.TryScan(_write, out _, out _);

    /// <summary>The client's side of 64 KiB of output: scan, slices, base64.</summary>
    [Benchmark]
    public int ReceiveOutput64K()
    {
        EnvelopeScanner.TryScan(_output, out var envelope, out _);
        OutputReader.TryRead(_output.AsMemory(envelope.ParamsOffset, envelope.ParamsLength), out var slices, out _);
        Base64Chunk.TryDecode(slices.ChunkBase64.Span, _target, out var written, out _);
        return written;
    }

    /// <summary>For comparison: the general parser on the small request.</summary>
    [Benchmark]
    public JObject ParseSmallRequestWithNewtonsoft() => JObject.Parse(Encoding.UTF8.GetString(Frames.Read));

    private readonly byte[] _target = new byte[Base64Chunk.MaxDecodedLength(88 * 1024)];
}
