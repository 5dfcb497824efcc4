using System.Buffers;
using System.Numerics;

namespace ExecActors.Platform;

/// <summary>Where byte arrays are rented: small ones of the runtime's shared pool, large ones of one whose idle arrays can be let go.</summary>
/// <remarks>
/// The shared pool keeps what it was given for as long as the program rests, however large: one paste of 45 MiB would be held for good. Here arrays beyond
/// <see cref="SharedUpTo"/> that were idle between two looks (<see cref="Trim"/>) are left to the garbage collector. Of the whole program, like the shared
/// pool; from any thread.
/// </remarks>
public static class BytePool
{
    /// <summary>Arrays of up to this length come from the runtime's shared pool, in bytes.</summary>
    public const int SharedUpTo = 128 * 1024;

    /// <summary>Longer arrays are made for one use, in bytes.</summary>
    private const int LargestClass = 64 * 1024 * 1024;

    /// <summary>Most that lies idle, in bytes.</summary>
    private const long MostIdle = 128L * 1024 * 1024;

    private const int Classes = 9; // twice SharedUpTo, four times, up to LargestClass
    private const int PlacesOfClass = 16;

    private static readonly byte[]?[] _idle = new byte[Classes * PlacesOfClass][];
    private static readonly int[] _since = new int[Classes * PlacesOfClass]; // the look after which an array was given back
    private static long _idleBytes;
    private static long _droppedBytes;
    private static int _look;
    private static Action? _onGrowth;

    /// <summary>Large arrays that lie idle, in bytes.</summary>
    public static long IdleBytes => Volatile.Read(ref _idleBytes);

    /// <summary>Large arrays left to the garbage collector since the program began, in bytes.</summary>
    public static long DroppedBytes => Volatile.Read(ref _droppedBytes);

    /// <summary>At least so many bytes, with anything in them. The caller returns the array or leaves it to the garbage collector.</summary>
    public static byte[] Rent(int capacity)
    {
        if (capacity <= SharedUpTo)
        {
            return ArrayPool<byte>.Shared.Rent(capacity);
        }

        var length = LengthFor(capacity);
        return (length <= LargestClass ? TryTake(length) : null) ?? Make(length);
    }

    /// <summary>Gives an array back that was rented here or of the shared pool; it must not be used any more.</summary>
    public static void Return(byte[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length <= SharedUpTo)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
        else if (!TryKeep(array))
        {
            Interlocked.Add(ref _droppedBytes, array.Length);
        }
    }

    /// <summary>Lets go what lay idle since the last call.</summary>
    /// <returns>How many bytes.</returns>
    public static long Trim()
    {
        var look = Interlocked.Increment(ref _look);
        var trimmed = 0L;
        for (var place = 0; place < _idle.Length; place++)
        {
            if (look - Volatile.Read(ref _since[place]) >= 2 && Interlocked.Exchange(ref _idle[place], null) is { } array)
            {
                trimmed += array.Length;
            }
        }

        Interlocked.Add(ref _idleBytes, -trimmed);
        Interlocked.Add(ref _droppedBytes, trimmed);
        return trimmed;
    }

    /// <summary>Has an action called, once, on any thread, when the next large array is made.</summary>
    public static void OnGrowth(Action action)
    {
        Action? known;
        do
        {
            known = Volatile.Read(ref _onGrowth);
        }
        while (Interlocked.CompareExchange(ref _onGrowth, known + action, known) != known);
    }

    /// <summary>How long the array is that is rented for a capacity beyond <see cref="SharedUpTo"/>.</summary>
    public static int LengthFor(int capacity) => capacity <= LargestClass
        ? (int)BitOperations.RoundUpToPowerOf2((uint)capacity)
        : capacity;

    private static int FirstPlaceOf(int length) => (BitOperations.Log2((uint)length) - BitOperations.Log2(SharedUpTo) - 1) * PlacesOfClass;

    private static byte[] Make(int length)
    {
        if (Volatile.Read(ref _onGrowth) is not null)
        {
            Interlocked.Exchange(ref _onGrowth, null)?.Invoke();
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    private static byte[]? TryTake(int length)
    {
        var first = FirstPlaceOf(length);
        for (var place = first; place < first + PlacesOfClass; place++)
        {
            if (Volatile.Read(ref _idle[place]) is not null && Interlocked.Exchange(ref _idle[place], null) is { } array)
            {
                Interlocked.Add(ref _idleBytes, -array.Length);
                return array;
            }
        }

        return null;
    }

    private static bool TryKeep(byte[] array)
    {
        if (array.Length > LargestClass || !BitOperations.IsPow2(array.Length))
        {
            return false; // made for one use
        }

        if (Interlocked.Add(ref _idleBytes, array.Length) > MostIdle)
        {
            Interlocked.Add(ref _idleBytes, -array.Length);
            return false;
        }

        var first = FirstPlaceOf(array.Length);
        for (var place = first; place < first + PlacesOfClass; place++)
        {
            if (Volatile.Read(ref _idle[place]) is null)
            {
                Volatile.Write(ref _since[place], Volatile.Read(ref _look));
                if (Interlocked.CompareExchange(ref _idle[place], array, comparand: null) is null)
                {
                    return true;
                }
            }
        }

        Interlocked.Add(ref _idleBytes, -array.Length);
        return false;
    }
}
