using BenchmarkDotNet.Attributes;

using ExecActors.Runtime.Connections;

namespace ExecActors.Benchmarks.Micro;

/// <summary>What making whole frames of received pieces costs.</summary>
public class FrameSplitBenchmarks
{
    private const int Lines = 64;
    private const int BufferBytes = 64 * 1024;
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly byte[] _message = Frames.Write(64 * 1024);
    private readonly byte[] _lines = [.. Enumerable.Repeat<byte[]>([.. Frames.Read, (byte)'\n'], Lines).SelectMany(line => line)];
    private readonly FrameAssembler _messages = FrameAssembler.For(FrameDelimiter.Message, BufferBytes, MaxBytes);
    private readonly FrameAssembler _split = FrameAssembler.For(FrameDelimiter.Newline, BufferBytes, MaxBytes);

    [GlobalCleanup]
    public void Dispose()
    {
        _messages.Dispose();
        _split.Dispose();
    }

    /// <summary>A line of 110 bytes, 64 of them received at once.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public int Line() => Receive(_split, _lines);

    /// <summary>A message of 87 KiB, received in two pieces.</summary>
    [Benchmark]
    public int Message() => Receive(_messages, _message);

    private static int Receive(FrameAssembler assembler, ReadOnlySpan<byte> bytes)
    {
        var frames = 0;
        while (!bytes.IsEmpty)
        {
            var buffer = assembler.GetBuffer().Span;
            var count = Math.Min(buffer.Length, bytes.Length);
            bytes[..count].CopyTo(buffer);
            bytes = bytes[count..];
            assembler.Advance(count, endOfFrame: bytes.IsEmpty);
            while (assembler.TryTake(out var frame))
            {
                frame.Dispose();
                frames++;
            }
        }

        return frames;
    }
}
