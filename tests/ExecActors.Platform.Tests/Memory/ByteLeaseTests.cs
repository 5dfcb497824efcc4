namespace ExecActors.Platform.Tests.Memory;

public sealed class ByteLeaseTests
{
    [Fact]
    public void A_copy_holds_the_bytes_and_is_given_back_once()
    {
        var lease = ByteLease.CopyOf("abc"u8);
        Assert.Equal("abc"u8, lease.Span);

        lease.Dispose();
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Memory);
    }

    [Fact]
    public void A_length_beyond_the_array_is_refused()
    {
        using var lease = ByteLease.Rent(16);
        lease.SetLength(16);
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.SetLength(lease.Array.Length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.SetLength(-1));
    }

    [Fact]
    public void Small_reads_leave_the_large_array_behind_and_large_ones_take_it_along()
    {
        var buffer = new ReadBuffer();
        buffer.Free[0] = 1;
        using var small = buffer.Take(1);
        Assert.InRange(small.Array.Length, 1, 64);

        buffer.Free[4095] = 7;
        using var large = buffer.Take(4096);
        Assert.InRange(large.Array.Length, ReadBuffer.Size, int.MaxValue);
        Assert.Equal((4096, 7), (large.Length, large.Span[4095]));

        buffer.Free.Clear();
        Assert.Equal(7, large.Span[4095]);
    }
}
