using BenchmarkDotNet.Attributes;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Connections;

namespace ExecActors.Benchmarks.Micro;

/// <summary>What decoding costs: the params alone, and the whole way from a frame to the message that an actor gets.</summary>
public class ParamsBenchmarks
{
    private readonly FrameDecoder _decoder = new("websocket 127.0.0.1:1");
    private readonly byte[] _write64K = Frames.Write(64 * 1024);
    private readonly byte[] _write32 = Frames.Write(32);
    private readonly ReadOnlyMemory<byte> _start = Frames.Params(Frames.Start);
    private readonly ReadOnlyMemory<byte> _read = Frames.Params(Frames.Read);

    [Benchmark]
    public bool DecodeStartParams() => ProcessStartParams.TryDecode(_start, out _, out _);

    [Benchmark]
    public bool DecodeReadParams() => ProcessReadParams.TryDecode(_read, out _, out _);

    /// <summary>Frame to message.</summary>
    [Benchmark]
    public object DecodeReadFrame() => _decoder.Decode(ByteLease.CopyOf(Frames.Read));

    /// <summary>Frame to message, the bytes decoded.</summary>
    [Benchmark]
    public void DecodeWrite32Frame() => _decoder.Decode(ByteLease.CopyOf(_write32)).Payload!.Dispose();

    /// <summary>Frame to message, the bytes decoded; the copy of the frame is part of the figure.</summary>
    [Benchmark]
    public void DecodeWrite64KFrame() => _decoder.Decode(ByteLease.CopyOf(_write64K)).Payload!.Dispose();
}
