using ExecActors.Platform;

namespace ExecActors.Runtime.Frames;

/// <summary>A <see cref="FrameBuffer"/> for an answer that may be large: what it takes is counted, from its first byte until the client has taken the answer.</summary>
/// <remarks>Every growth may throw <see cref="BudgetSpentException"/>. Small answers are not counted: their number is bounded where they are asked for.</remarks>
internal sealed class CountedFrameBuffer : FrameBuffer
{
    private const int UncountedUpTo = BytePool.SharedUpTo;

    private readonly ByteBudget _budget;
    private ByteShare? _share;

    private CountedFrameBuffer(byte[] array, ByteBudget budget, ByteShare? share)
        : base(array)
    {
        _budget = budget;
        _share = share;
    }

    /// <summary>Starts with room for so many bytes.</summary>
    /// <exception cref="BudgetSpentException">There is no memory for so many.</exception>
    public static CountedFrameBuffer Of(int capacity, ByteBudget budget)
    {
        ByteShare? share = null;
        Count(ref share, budget, capacity);
        return new CountedFrameBuffer(BytePool.Rent(capacity), budget, share);
    }

    /// <inheritdoc/>
    private protected override byte[] Rent(int capacity)
    {
        Count(ref _share, _budget, capacity);
        return BytePool.Rent(capacity);
    }

    /// <inheritdoc/>
    private protected override void GiveBack(byte[] array, bool replaced)
    {
        BytePool.Return(array);
        if (!replaced)
        {
            _share?.Dispose();
        }
        else if (array.Length > UncountedUpTo)
        {
            _share?.Shrink(array.Length);
        }
    }

    /// <inheritdoc/>
    private protected override ByteLease Finish(byte[] array, int length) => ByteLease.Adopt(array, length, _share);

    private static void Count(ref ByteShare? share, ByteBudget budget, int capacity)
    {
        if (capacity <= UncountedUpTo)
        {
            return;
        }

        share ??= new ByteShare(budget);
        if (!share.TryGrow(BytePool.LengthFor(capacity)))
        {
            throw new BudgetSpentException();
        }
    }
}
