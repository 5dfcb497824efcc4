using System.Buffers.Binary;

namespace ExecActors.Platform;

/// <summary>What SHA-1 and SHA-256 have in common: blocks of 64 bytes, and their padding.</summary>
internal static class DigestBlocks
{
    /// <summary>Takes a block into the state.</summary>
    public delegate void Compression(uint[] state, ReadOnlySpan<byte> block);

    /// <summary>Takes all bytes into the state, with a bit and their number behind them.</summary>
    public static void Run(ReadOnlySpan<byte> bytes, uint[] state, Compression compress)
    {
        const int Block = Sha256.BlockBytes;
        var bits = (ulong)bytes.Length * 8;
        for (; bytes.Length >= Block; bytes = bytes[Block..])
        {
            compress(state, bytes[..Block]);
        }

        Span<byte> last = stackalloc byte[2 * Block];
        last.Clear();
        bytes.CopyTo(last);
        last[bytes.Length] = 0x80;
        last = last[..(bytes.Length + 1 + sizeof(ulong) <= Block ? Block : 2 * Block)];
        BinaryPrimitives.WriteUInt64BigEndian(last[^sizeof(ulong)..], bits);
        for (; !last.IsEmpty; last = last[Block..])
        {
            compress(state, last[..Block]);
        }
    }

    /// <summary>The state as a digest.</summary>
    public static byte[] BigEndian(uint[] state)
    {
        var digest = new byte[state.Length * sizeof(uint)];
        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * sizeof(uint)), state[i]);
        }

        return digest;
    }
}
