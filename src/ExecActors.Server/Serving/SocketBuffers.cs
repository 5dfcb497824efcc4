using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace ExecActors.Server.Serving;

/// <summary>Gives Kestrel buffers of 64 KiB in the place of its own of 4 KiB: a large message costs a sixteenth of the system calls.</summary>
/// <remarks>None is held by an idle connection: Kestrel waits for data before it takes one.</remarks>
internal sealed class SocketBuffers : IMemoryPoolFactory<byte>
{
    /// <summary>The size of a buffer, in bytes: as much as one receive may bring.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        // Kept for the next use; the rest is the garbage collector's.
        private const int MostKept = 256;

        private readonly ConcurrentQueue<Block> _free = new();
        private int _count;

        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            if (_free.TryDequeue(out var block))
            {
                Interlocked.Decrement(ref _count);
                return block;
            }

            return new Block(this);
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private void Return(Block block)
        {
            if (Interlocked.Increment(ref _count) <= MostKept)
            {
                _free.Enqueue(block);
            }
            else
            {
                Interlocked.Decrement(ref _count);
            }
        }

        // Pinned, for the socket calls pin what they are given otherwise.
        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

            public Memory<byte> Memory => _bytes;

            public void Dispose() => pool.Return(this);
        }
    }
}
