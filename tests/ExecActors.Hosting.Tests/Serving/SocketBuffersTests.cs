using System.Buffers;
using ExecActors.Server.Serving;

namespace ExecActors.Hosting.Tests.Serving;

public sealed class SocketBuffersTests : IDisposable
{
    private readonly MemoryPool<byte> _pool = new SocketBuffers().Create();

    [Fact]
    public void A_buffer_is_large_whatever_is_asked_for()
    {
        using var buffer = _pool.Rent(1);

        Assert.Equal(SocketBuffers.BlockBytes, buffer.Memory.Length);
    }

    [Fact]
    public void A_buffer_that_came_back_is_used_again_and_by_one_at_a_time()
    {
        var first = _pool.Rent();
        var second = _pool.Rent();
        Assert.False(first.Memory.Equals(second.Memory));
        var memory = first.Memory;
        first.Dispose();

        using var third = _pool.Rent();
        Assert.Equal(memory, third.Memory);
        second.Dispose();
    }

    [Fact]
    public void More_than_a_buffer_holds_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(SocketBuffers.BlockBytes + 1));

    public void Dispose() => _pool.Dispose();
}
