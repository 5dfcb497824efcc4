using System.Buffers;

namespace ExecActors.Platform;

/// <summary>The one buffer that a thread reads into. Large reads leave with the array itself, small ones as a copy that pins little memory.</summary>
internal sealed class ReadBuffer
{
    /// <summary>Bytes of one read(2): a whole pipe.</summary>
    public const int Size = 64 * 1024;

    private const int CopyBelow = 4 * 1024;

    private byte[]? _array;

    /// <summary>Where to read to.</summary>
    public Span<byte> Free => (_array ??= ArrayPool<byte>.Shared.Rent(Size)).AsSpan(0, Size);

    /// <summary>Hands over what was just read to <see cref="Free"/>; the caller owns the lease.</summary>
    public ByteLease Take(int length)
    {
        if (length < CopyBelow)
        {
            return ByteLease.CopyOf(_array.AsSpan(0, length));
        }

        var array = _array!;
        _array = null;
        return ByteLease.Adopt(array, length);
    }
}
