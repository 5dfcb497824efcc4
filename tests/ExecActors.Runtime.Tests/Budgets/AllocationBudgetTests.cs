using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Connections;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Processes;
using ExecActors.Runtime.Tests.Support;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Budgets;

/// <summary>What hot operations may allocate, in bytes for each. A change that needs more changes the number here, with its reason.</summary>
public sealed class AllocationBudgetTests
{
    /// <summary>The object that owns pooled memory.</summary>
    private const int Lease = 32;

    private const int RingBytes = 1024 * 1024;

    private readonly byte[] _small = new byte[80];
    private readonly byte[] _large = new byte[64 * 1024];
    private readonly FrameDecoder _decoder = new(Wire.Peer);

    [Fact]
    public void A_frame_costs_its_lease_and_its_buffer_whatever_it_carries()
    {
        Assert.InRange(Allocations.Of(() => Write(_small)), 0, Lease + 32);
        Assert.InRange(Allocations.Of(() => Write(_large)), 0, Lease + 32);
    }

    // Lease, message, payload, params with their strings; the bytes themselves are in pooled memory.
    [Fact]
    public void A_write_costs_the_same_whatever_it_carries()
    {
        var small = Encoding.UTF8.GetBytes(Wire.Write(1, "p", "x", "w-1"));
        var large = Encoding.UTF8.GetBytes(Wire.Write(1, "p", new string('x', _large.Length), "w-1"));

        Assert.InRange(Allocations.Of(() => Decode(small)), 1, 448);
        Assert.InRange(Allocations.Of(() => Decode(large)), 1, 448);
    }

    [Fact]
    public void A_read_costs_less_than_a_kilobyte()
    {
        var frame = Encoding.UTF8.GetBytes(Wire.Read(1, "p", ",\"afterSeq\":17,\"maxBytes\":65536,\"waitMs\":0"));

        Assert.InRange(Allocations.Of(() => Decode(frame)), 1, 608);
    }

    // The lease that comes in; a large one gets a segment of its own, small ones share theirs.
    [Fact]
    public void A_chunk_costs_the_log_no_copy_of_its_own()
    {
        using var log = new OutputLog(new OutputBounds(RingBytes, SpillBytes: 0, Records: 1 << 20), canSpill: false);
        for (var bytes = 0; bytes < 2 * RingBytes; bytes += _small.Length)
        {
            Append(log, _small);
        }

        Assert.InRange(Allocations.Of(() => Append(log, _small)), 0, Lease + 8);
        Assert.InRange(Allocations.Of(() => Append(log, _large)), 0, Lease + 40);
    }

    [Theory]
    [InlineData((int)FrameDelimiter.Newline)]
    [InlineData((int)FrameDelimiter.Message)]
    public void A_received_frame_costs_its_lease(int delimiter)
    {
        using var assembler = FrameAssembler.For((FrameDelimiter)delimiter, bufferBytes: 4096, maxBytes: RingBytes);
        byte[] line = [.. Encoding.UTF8.GetBytes(Wire.Status(1)), (byte)'\n'];

        Assert.Equal(Lease, Allocations.Of(() =>
        {
            line.CopyTo(assembler.GetBuffer());
            assembler.Advance(line.Length, endOfFrame: true);
            Assert.True(assembler.TryTake(out var frame));
            frame.Dispose();
        }));
    }

    // The queue's own blocks are used again; nothing is awake to be woken here.
    [Fact]
    public void The_way_through_the_outbox_costs_nothing_but_the_lease()
    {
        var outbox = new Outbox();

        Assert.InRange(Allocations.Of(() =>
        {
            outbox.Offer(ByteLease.CopyOf(_small));
            Assert.True(outbox.TryTake(out var frame));
            outbox.Sent(frame.Bytes.Length);
            frame.Bytes.Dispose();
        }), 0, Lease);
    }

    private static void Append(OutputLog log, byte[] bytes)
    {
        log.Append(OutputStreamKind.Stdout, ByteLease.CopyOf(bytes), shownTo: log.NextSequence - 1);
        log.Evict(log.NextSequence, log.NextSequence);
    }

    private static void Write(byte[] bytes)
    {
        using var buffer = new FrameBuffer(256 + (bytes.Length * 4 / 3));
        WireWriter.Output(buffer, "p", seq: 1, "stdout"u8, bytes);
        buffer.Take().Dispose();
    }

    private void Decode(byte[] frame) => _decoder.Decode(ByteLease.CopyOf(frame)).Payload?.Dispose();
}
