using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Low numbers for the descriptors of the child that is being started, so that it needs to copy nothing above them. One start at a time; the holder disposes it.
/// </summary>
/// <remarks>The numbers are taken early, when low ones are free, and stay taken: between two starts they name an eventfd.</remarks>
internal sealed class DescriptorShelf : IDisposable
{
    /// <summary>A program with three streams in a sandbox with a few files of its own.</summary>
    private const int Size = 16;

    /// <summary>Above the numbers that children get theirs as.</summary>
    private const int LowestSlot = 32;

    private readonly SafeFileHandle _nothing;
    private readonly SafeFileHandle[] _slots;

    private DescriptorShelf(SafeFileHandle nothing, SafeFileHandle[] slots)
    {
        _nothing = nothing;
        _slots = slots;
    }

    /// <summary>Whether a start found that it gains nothing by the shelf.</summary>
    public bool IsInVain { get; private set; }

    /// <summary>The highest number on it.</summary>
    public int Highest => (int)_slots[^1].DangerousGetHandle();

    /// <summary>The lowest number on it.</summary>
    public int Lowest => (int)_slots[0].DangerousGetHandle();

    /// <summary>The number of one that was put on it.</summary>
    public int this[int index] => (int)_slots[index].DangerousGetHandle();

    /// <summary>Takes the numbers, the lowest that are free.</summary>
    /// <returns>Null when no descriptors are left, or children cannot be made here in a way that gains by it.</returns>
    public static DescriptorShelf? TryMake()
    {
        if (!ChildScript.IsUsable)
        {
            return null;
        }

        var nothing = Libc.EventFd();
        var slots = Enumerable.Range(0, Size).Select(_ => nothing.IsInvalid ? nothing : Libc.Duplicate(nothing, LowestSlot)).ToArray();
        var shelf = new DescriptorShelf(nothing, slots);
        if (Array.TrueForAll(slots, slot => !slot.IsInvalid))
        {
            return shelf;
        }

        shelf.Dispose();
        return null;
    }

    /// <summary>Puts copies of these on it.</summary>
    /// <returns>False when they are too many, or the limit on descriptors is below the shelf by now; then none is on it.</returns>
    public bool TryPut(IReadOnlyList<SafeFileHandle> descriptors)
    {
        if (descriptors.Count > Size)
        {
            return false;
        }

        for (var i = 0; i < descriptors.Count; i++)
        {
            if (Libc.Duplicate(descriptors[i], _slots[i]) < 0)
            {
                Clear(i);
                return false;
            }
        }

        return true;
    }

    /// <summary>Further starts do without.</summary>
    public void GiveUp() => IsInVain = true;

    /// <summary>Closes the first <paramref name="count"/> again and keeps their numbers.</summary>
    public void Clear(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = Libc.Duplicate(_nothing, _slots[i]);
        }
    }

    public void Dispose()
    {
        Array.ForEach(_slots, slot => slot.Dispose());
        _nothing.Dispose();
    }
}
