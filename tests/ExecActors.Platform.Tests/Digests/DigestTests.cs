using System.Security.Cryptography;
using System.Text;

namespace ExecActors.Platform.Tests.Digests;

/// <summary>Against the vectors of the standards, and the framework's own at every length around the ends of blocks.</summary>
public sealed class DigestTests
{
    [Theory]
    [InlineData("", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "a9993e364706816aba3e25717850c26c9cd0d89d", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void The_vectors_of_FIPS_180_4(string text, string sha1, string sha256)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal((sha1, sha256), (Convert.ToHexStringLower(Sha1.Hash(bytes)), Convert.ToHexStringLower(Sha256.Hash(bytes))));
    }

    [Theory]
    [InlineData("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void The_vectors_of_RFC_4231(string key, string message, string code) =>
        Assert.Equal(code, Convert.ToHexStringLower(HmacSha256.Hash(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(message))));

    [Fact]
    public void The_same_as_the_frameworks_at_every_length()
    {
        var random = new Random(7);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
#pragma warning disable CA5350 // what is tested is SHA-1
            Assert.Equal(SHA1.HashData(bytes), Sha1.Hash(bytes));
#pragma warning restore CA5350
            Assert.Equal(SHA256.HashData(bytes), Sha256.Hash(bytes));
            Assert.Equal(HMACSHA256.HashData(bytes, "message"u8), HmacSha256.Hash(bytes, "message"u8));
        }
    }

    [Fact]
    public void Random_bytes_fill_the_buffer()
    {
        var first = new byte[64];
        SecureRandom.Fill(first);
        Assert.NotEqual(new byte[64], first);
        Assert.Matches("^[0-9a-f]{32}$", SecureRandom.Hex(32));
        Assert.NotEqual(SecureRandom.Hex(32), SecureRandom.Hex(32));
    }
}
