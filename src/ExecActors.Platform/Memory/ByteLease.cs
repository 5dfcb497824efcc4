namespace ExecActors.Platform;

/// <summary>A pooled run of bytes with exactly one owner, who passes it on or disposes it.</summary>
/// <remarks>
/// Whoever receives a lease in a message or a callback owns it from then on. A lease that is dropped without
/// <see cref="Dispose"/> (a dead letter, say) costs a garbage-collected array and nothing else. Not safe for two threads at once.
/// </remarks>
public class ByteLease : IDisposable
{
    private byte[]? _array;

    private ByteLease(byte[] array, int length)
    {
        _array = array;
        Length = length;
    }

    /// <summary>The bytes in use, from the start of the array.</summary>
    public int Length { get; private set; }

    /// <summary>The whole rented array; at least as long as was asked for.</summary>
    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(ByteLease));

    /// <summary>The bytes in use.</summary>
    public ReadOnlyMemory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>The bytes in use.</summary>
    public ReadOnlySpan<byte> Span => Array.AsSpan(0, Length);

    /// <summary>Rents at least <paramref name="capacity"/> bytes; <see cref="Length"/> starts at 0.</summary>
    public static ByteLease Rent(int capacity) => new(BytePool.Rent(capacity), 0);

    /// <summary>Takes over an array rented from <see cref="BytePool"/>.</summary>
    public static ByteLease Adopt(byte[] rented, int length)
    {
        ArgumentNullException.ThrowIfNull(rented);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)rented.Length, nameof(length));
        return new ByteLease(rented, length);
    }

    /// <summary>Takes over an array rented from <see cref="BytePool"/>, and what counts it, which is disposed with it; null for none.</summary>
    public static ByteLease Adopt(byte[] rented, int length, IDisposable? count)
    {
        var lease = Adopt(rented, length);
        return count is null ? lease : new Counted(rented, lease.Length, count);
    }

    /// <summary>Rents and fills.</summary>
    public static ByteLease CopyOf(ReadOnlySpan<byte> bytes)
    {
        var lease = Rent(bytes.Length);
        bytes.CopyTo(lease.Array);
        lease.Length = bytes.Length;
        return lease;
    }

    /// <summary>Says how many bytes of <see cref="Array"/> are in use.</summary>
    public void SetLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Array.Length, nameof(length));
        Length = length;
    }

    /// <summary>What counts the array, if anything does; the caller's from then on, who lets it live as long as the bytes or what is made of them.</summary>
    public virtual IDisposable? TakeCount() => null;

#pragma warning disable CA1816 // nothing derived has a finalizer: the constructors are private
    /// <summary>Gives the array back. A second call does nothing.</summary>
    public void Dispose()
#pragma warning restore CA1816
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            BytePool.Return(array);
            TakeCount()?.Dispose();
        }
    }

    /// <summary>Leaves the array to the garbage collector, since something may still use it, and ends its count.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _array, null) is not null)
        {
            TakeCount()?.Dispose();
        }
    }

    private sealed class Counted(byte[] array, int length, IDisposable count) : ByteLease(array, length)
    {
        private IDisposable? _count = count;

        public override IDisposable? TakeCount() => Interlocked.Exchange(ref _count, null);
    }
}
