namespace ExecActors.Platform;

/// <summary>HMAC (RFC 2104) with <see cref="Sha256"/>.</summary>
public static class HmacSha256
{
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    /// <summary>The code of the message under the key, 32 bytes. Compare it with <see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/>.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        var block = new byte[Sha256.BlockBytes];
        if (key.Length > block.Length)
        {
            Sha256.Hash(key).CopyTo(block, 0);
        }
        else
        {
            key.CopyTo(block);
        }

        return Sha256.Hash([.. Padded(block, OuterPad), .. Sha256.Hash([.. Padded(block, InnerPad), .. message])]);
    }

    private static byte[] Padded(byte[] block, byte pad) => Array.ConvertAll(block, part => (byte)(part ^ pad));
}
