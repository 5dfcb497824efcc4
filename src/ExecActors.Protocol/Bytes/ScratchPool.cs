using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>Arrays for the length of one call: of the runtime's shared pool, except long ones, which that would keep for as long as the program runs.</summary>
internal static class ScratchPool<T>
{
    private const int LongestPooled = 64 * 1024;

    /// <summary>At least so many elements.</summary>
    public static T[] Rent(int length) => length <= LongestPooled ? ArrayPool<T>.Shared.Rent(length) : GC.AllocateUninitializedArray<T>(length);

    /// <summary>Gives an array back that was rented here.</summary>
    public static void Return(T[] array)
    {
        if (array.Length <= LongestPooled)
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }
}
