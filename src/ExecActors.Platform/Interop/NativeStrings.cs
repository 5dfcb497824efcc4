using System.Runtime.InteropServices;

namespace ExecActors.Platform.Interop;

/// <summary>A NULL-terminated vector of C strings in one block of native memory, as argv and envp are passed, with the bytes of <see cref="NativeText"/>. The holder disposes it.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _vector;

    public NativeStrings(IReadOnlyCollection<string> strings)
    {
        var pointerBytes = (nuint)((strings.Count + 1) * sizeof(byte*));
        nuint textBytes = 0;
        foreach (var text in strings)
        {
            textBytes += (nuint)NativeText.CountBytes(text) + 1;
        }

        _vector = (byte**)NativeMemory.Alloc(pointerBytes + textBytes);
        var next = (byte*)_vector + pointerBytes;
        var end = next + textBytes;
        var index = 0;
        foreach (var text in strings)
        {
            _vector[index++] = next;
            next += NativeText.Write(text, new Span<byte>(next, (int)Math.Min(end - next, int.MaxValue)));
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
