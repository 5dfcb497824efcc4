using System.Buffers;

using ExecActors.Platform;

namespace ExecActors.Runtime.Frames;

/// <summary>Collects one outgoing frame in pooled memory. One use: write, then <see cref="Take"/> or <see cref="Dispose"/>.</summary>
internal class FrameBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;
    private int _length;

    /// <summary>Starts with room for <paramref name="capacity"/> bytes; grows by doubling.</summary>
    public FrameBuffer(int capacity)
        : this(BytePool.Rent(capacity))
    {
    }

    /// <summary>Starts with an array of the pool.</summary>
    private protected FrameBuffer(byte[] array) => _array = array;

    /// <summary>The finished frame; the caller owns it and the buffer is empty and done.</summary>
    public ByteLease Take()
    {
        var lease = Finish(_array, _length);
        _array = [];
        _length = 0;
        return lease;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _length), nameof(count));
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <summary>Gives the memory back when the frame was not taken.</summary>
    public void Dispose()
    {
        if (_array.Length > 0)
        {
            GiveBack(_array, replaced: false);
            _array = [];
        }
    }

    /// <summary>An array for the frame as it grows.</summary>
    private protected virtual byte[] Rent(int capacity) => BytePool.Rent(capacity);

    /// <summary>Gives an array back: for a larger one, or because the frame was not taken.</summary>
    private protected virtual void GiveBack(byte[] array, bool replaced) => BytePool.Return(array);

    /// <summary>The frame in its array.</summary>
    private protected virtual ByteLease Finish(byte[] array, int length) => ByteLease.Adopt(array, length);

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
        {
            return;
        }

        var larger = Rent(Math.Max(needed, (int)Math.Min(_array.Length * 2L, Array.MaxLength)));
        _array.AsSpan(0, _length).CopyTo(larger);
        if (_array.Length > 0)
        {
            GiveBack(_array, replaced: true);
        }

        _array = larger;
    }
}
