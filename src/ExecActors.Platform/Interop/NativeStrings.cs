using System.Runtime.InteropServices;
using System.Text;

namespace ExecActors.Platform.Interop;

/// <summary>A NULL-terminated vector of UTF-8 C strings in one block of native memory, as argv and envp are passed. The holder disposes it.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _vector;

    public NativeStrings(IReadOnlyCollection<string> strings)
    {
        var pointerBytes = (nuint)((strings.Count + 1) * sizeof(byte*));
        nuint textBytes = 0;
        foreach (var text in strings)
        {
            textBytes += (nuint)Encoding.UTF8.GetByteCount(text) + 1;
        }

        _vector = (byte**)NativeMemory.Alloc(pointerBytes + textBytes);
        var next = (byte*)_vector + pointerBytes;
        var end = next + textBytes;
        var index = 0;
        foreach (var text in strings)
        {
            _vector[index++] = next;
            next += Encoding.UTF8.GetBytes(text, new Span<byte>(next, (int)Math.Min(end - next, int.MaxValue)));
            *next++ = 0;
        }

        _vector[index] = null;
    }

    /// <summary>The vector, until <see cref="Dispose"/>.</summary>
    public byte** Vector => _vector;

    public void Dispose()
    {
        NativeMemory.Free(_vector);
        _vector = null;
    }
}
