namespace ExecActors.Platform.Tests.Memory;

public sealed class BytePoolTests
{
    private const int Large = 32 * 1024 * 1024; // a length that no other test rents

    [Fact]
    public void A_large_array_is_used_again_until_it_lay_idle_between_two_looks()
    {
        var array = BytePool.Rent(Large - 1);
        Assert.Equal(Large, array.Length);
        BytePool.Return(array);
        BytePool.Trim();

        Assert.Same(array, BytePool.Rent(Large));
        BytePool.Return(array);
        var dropped = BytePool.DroppedBytes;
        BytePool.Trim();
        BytePool.Trim();

        Assert.NotSame(array, BytePool.Rent(Large));
        Assert.InRange(BytePool.DroppedBytes - dropped, Large, long.MaxValue);
    }

    [Fact]
    public void An_array_beyond_the_largest_class_is_made_for_one_use_and_as_long_as_needed()
    {
        var array = BytePool.Rent((64 * 1024 * 1024) + 1);
        Assert.Equal((64 * 1024 * 1024) + 1, array.Length);
        BytePool.Return(array);
        Assert.NotSame(array, BytePool.Rent(array.Length));
    }

    [Fact]
    public void A_new_large_array_is_told_once()
    {
        var told = 0;
        BytePool.OnGrowth(() => told++);
        _ = BytePool.Rent((64 * 1024 * 1024) + 3);
        _ = BytePool.Rent((64 * 1024 * 1024) + 3);
        Assert.Equal(1, told);
    }

    [Fact]
    public void What_counts_an_array_ends_with_it()
    {
        var count = new Count();
        var lease = ByteLease.Adopt(BytePool.Rent(16), 3, count);
        lease.Dispose();
        lease.Dispose();
        Assert.Equal(1, count.Ends);

        ByteLease.Adopt(BytePool.Rent(16), 3, count).Abandon();
        Assert.Equal(2, count.Ends);

        lease = ByteLease.Adopt(BytePool.Rent(16), 3, count);
        Assert.Same(count, lease.TakeCount());
        lease.Dispose();
        Assert.Equal(2, count.Ends);
    }

    private sealed class Count : IDisposable
    {
        public int Ends { get; private set; }

        public void Dispose() => Ends++;
    }
}
