using System.Buffers;

using ExecActors.Testing;

namespace ExecActors.Protocol.Tests.Budgets;

/// <summary>What hot operations of the codec may allocate, in bytes for each; of the scan: EnvelopeAllocationTests. A change that needs more changes the number here, with its reason.</summary>
public sealed class AllocationBudgetTests
{
    private const string ProcessId = "exec-1700000000-1";

    private static readonly byte[] _large = new byte[64 * 1024];
    private static readonly RequestId _id = RequestId.FromNumber(1234);

    public static TheoryData<string, Action<IBufferWriter<byte>>> Writers => new()
    {
        { "output of 80 bytes", output => WireWriter.Output(output, ProcessId, seq: 17, "stdout"u8, _large.AsSpan(0, 80)) },
        { "output of 64 KiB", output => WireWriter.Output(output, ProcessId, seq: 17, "stdout"u8, _large) },
        { "exit", output => WireWriter.Exited(output, ProcessId, seq: 18, exitCode: 0, sandboxDenied: false) },
        { "close", output => WireWriter.Closed(output, ProcessId, seq: 19) },
        { "answer to a start", output => WireWriter.StartResult(output, _id, ProcessId, "none") },
        { "answer to a write", output => WireWriter.WriteResult(output, _id, WriteStatus.Accepted) },
        { "a chunk of an answer to a read", output => WireWriter.ReadChunk(output, first: true, seq: 17, "stdout"u8, _large) },
        { "a part of a whole file", output => WireWriter.ReadFilePart(output, _large) },
        { "a block of a file", output => WireWriter.ReadBlockResult(output, _id, _large, eof: false) },
        { "metadata", output => WireWriter.FsMetadata(output, isDirectory: false, isFile: true, isSymlink: false, size: 1, createdAtMs: 2, modifiedAtMs: 3) },
        { "a piece of a body", output => WireWriter.BodyDelta(output, "r1", seq: 1, _large, done: false, error: null) },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void Writing_a_frame_into_memory_that_is_there_allocates_nothing(string what, Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(256 * 1024);

        var bytes = Allocations.Of(() =>
        {
            output.ResetWrittenCount();
            write(output);
        });

        Assert.True(bytes == 0, $"{what}: {bytes} bytes");
    }

    [Fact]
    public void Reading_output_allocates_nothing()
    {
        var frame = Wire.Utf8(Wire.Written(output => WireWriter.Output(output, ProcessId, seq: 17, "stdout"u8, _large)));
        var target = new byte[Base64Chunk.MaxDecodedLength(frame.Length)];

        Assert.Equal(0, Allocations.Of(() =>
        {
            Expect(EnvelopeScanner.TryScan(frame, out var envelope, out _));
            Expect(OutputReader.TryRead(frame.AsMemory(envelope.ParamsOffset, envelope.ParamsLength), out var slices, out _));
            Expect(Base64Chunk.TryDecode(slices.ChunkBase64.Span, target, out _, out _));
        }));
    }

    // The record, its two strings.
    [Fact]
    public void The_params_of_a_write_cost_their_strings_and_not_their_bytes()
    {
        var json = Wire.Utf8(Wire.Written(output => WireWriter.WriteRequest(output, _id, ProcessId, _large, "w-17", closeStdin: false)));
        var frame = Wire.Scanned(Wire.Text(json));
        var parameters = json.AsMemory(frame.ParamsOffset, frame.ParamsLength);

        Assert.InRange(Allocations.Of(() => Expect(ProcessWriteParams.TryDecode(parameters, out _, out _))), 1, 176);
    }

    // Those that Newtonsoft reads: its reader, a text reader, the record and its strings.
    [Fact]
    public void The_params_of_a_read_cost_less_than_half_a_kilobyte()
    {
        var parameters = Wire.Utf8($$"""{"processId":"{{ProcessId}}","afterSeq":17,"maxBytes":65536,"waitMs":0}""");

        Assert.InRange(Allocations.Of(() => Expect(ProcessReadParams.TryDecode(parameters, out _, out _))), 1, 480);
    }

    private static void Expect(bool success)
    {
        if (!success)
        {
            throw new InvalidOperationException("the frame was refused");
        }
    }
}
