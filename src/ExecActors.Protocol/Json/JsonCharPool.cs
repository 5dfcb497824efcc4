using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>The shared array pool in the shape that JSON readers and writers ask for.</summary>
internal sealed class JsonCharPool : IArrayPool<char>
{
    public static JsonCharPool Shared { get; } = new();

    public char[] Rent(int minimumLength) => ScratchPool<char>.Rent(minimumLength);

    public void Return(char[]? array)
    {
        if (array is not null)
        {
            ScratchPool<char>.Return(array);
        }
    }
}
