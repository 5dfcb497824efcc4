using BenchmarkDotNet.Attributes;

using ExecActors.Protocol;
using ExecActors.Runtime.Frames;

namespace ExecActors.Benchmarks.Micro;

/// <summary>What outgoing frames cost, written into pooled memory.</summary>
public class WriterBenchmarks
{
    private const int Head = 256;

    private readonly byte[] _small = Frames.Bytes(80);
    private readonly byte[] _large = Frames.Bytes(64 * 1024);
    private readonly byte[] _file = Frames.Bytes(1024 * 1024);
    private readonly RequestId _id = RequestId.FromNumber(1234);

    [Benchmark]
    public void Output80()
    {
        using var buffer = new FrameBuffer(Head + (80 * 4 / 3));
        WireWriter.Output(buffer, Frames.ProcessId, seq: 17, "stdout"u8, _small);
        buffer.Take().Dispose();
    }

    [Benchmark]
    public void Output64K()
    {
        using var buffer = new FrameBuffer(Head + (64 * 1024 * 4 / 3));
        WireWriter.Output(buffer, Frames.ProcessId, seq: 17, "stdout"u8, _large);
        buffer.Take().Dispose();
    }

    /// <summary>The answer to a write.</summary>
    [Benchmark]
    public void WriteAnswer()
    {
        using var buffer = new FrameBuffer(Head);
        WireWriter.WriteResult(buffer, _id, WriteStatus.Accepted);
        buffer.Take().Dispose();
    }

    /// <summary>A whole file of 1 MiB, in the pieces of 48 KiB that the server encodes it in.</summary>
    [Benchmark]
    public void ReadFile1M()
    {
        const int Piece = 48 * 1024;
        using var buffer = new FrameBuffer(Head + (_file.Length * 4 / 3));
        WireWriter.BeginReadFileResult(buffer, _id);
        for (var start = 0; start < _file.Length; start += Piece)
        {
            WireWriter.ReadFilePart(buffer, _file.AsSpan(start, Math.Min(Piece, _file.Length - start)));
        }

        WireWriter.EndReadFileResult(buffer);
        buffer.Take().Dispose();
    }
}
