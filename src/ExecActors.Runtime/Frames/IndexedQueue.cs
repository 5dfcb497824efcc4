using System.Numerics;

namespace ExecActors.Runtime.Frames;

/// <summary>A first-in first-out queue whose items can also be reached by their place; grows by doubling and never shrinks below 16.</summary>
internal sealed class IndexedQueue<T>
{
    private T[] _items = new T[16];
    private int _head;

    /// <summary>Items in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>The item at a place; 0 is the oldest. The reference is good until the next change.</summary>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _items[(_head + index) & (_items.Length - 1)];
        }
    }

    /// <summary>Adds at the end.</summary>
    public void Enqueue(T item)
    {
        if (Count == _items.Length)
        {
            Resize(_items.Length * 2);
        }

        _items[(_head + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    /// <summary>Removes the oldest.</summary>
    public T Dequeue()
    {
        ref var slot = ref this[0];
        var item = slot;
        slot = default!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        if (_items.Length > 64 && Count < _items.Length / 8)
        {
            Resize((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count * 2, 16)));
        }

        return item;
    }

    private void Resize(int capacity)
    {
        var items = new T[capacity];
        for (var i = 0; i < Count; i++)
        {
            items[i] = this[i];
        }

        _items = items;
        _head = 0;
    }
}
