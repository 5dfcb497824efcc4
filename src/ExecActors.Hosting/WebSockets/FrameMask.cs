using System.Numerics;
using System.Runtime.InteropServices;

namespace ExecActors.Hosting.WebSockets;

/// <summary>The masking of client frames (RFC 6455 section 5.3).</summary>
internal static class FrameMask
{
    /// <summary>Takes the mask off, or puts it on, in place.</summary>
    /// <param name="bytes">A piece of a frame's payload.</param>
    /// <param name="key">The frame's key, read as a little-endian number.</param>
    /// <param name="offset">Where in the payload the piece begins.</param>
    public static void Apply(Span<byte> bytes, uint key, long offset)
    {
        if (key == 0)
        {
            return;
        }

        key = BitOperations.RotateRight(key, (int)(offset % sizeof(uint)) * 8);
        var mask = Vector.AsVectorByte(new Vector<uint>(key));
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        for (var index = 0; index < wide.Length; index++)
        {
            wide[index] ^= mask;
        }

        // A vector is a whole number of keys long, so the rest begins with the key's first byte again.
        var rest = bytes[(wide.Length * Vector<byte>.Count)..];
        for (var index = 0; index < rest.Length; index++)
        {
            rest[index] ^= (byte)(key >> (index % sizeof(uint) * 8));
        }
    }
}
