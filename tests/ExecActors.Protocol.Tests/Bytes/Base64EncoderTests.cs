using System.Runtime.Intrinsics.X86;

namespace ExecActors.Protocol.Tests;

public sealed class Base64EncoderTests
{
    private delegate int Encoder(ReadOnlySpan<byte> bytes, Span<byte> text);

    [Fact]
    public void Every_length_reads_as_the_framework_writes_it()
    {
        for (var length = 0; length <= 400; length++)
        {
            Check(Base64Encoder.Encode, Bytes(length), whole: true);
        }

        Check(Base64Encoder.Encode, Bytes(100_001), whole: true);
    }

    [Fact]
    public void Each_width_the_machine_has_writes_the_same_digits()
    {
        // 0x00..0xFF at every place of a group: each digit in each position.
        var bytes = Enumerable.Range(0, 3).SelectMany(shift => Enumerable.Range(0, 256).Select(value => (byte)(value + shift))).ToArray();
        foreach (var input in new[] { bytes, Bytes(1000), Bytes(64), Bytes(63), Bytes(28), Bytes(27) })
        {
            if (Avx512Vbmi.IsSupported)
            {
                Check(Base64Encoder.EncodeWide, input, whole: false);
            }

            if (Avx2.IsSupported)
            {
                Check(Base64Encoder.EncodeNarrow, input, whole: false);
            }
        }
    }

    [Fact]
    public void Nothing_is_written_past_the_text()
    {
        var text = new byte[200];
        var written = Base64Encoder.Encode(Bytes(100), text);

        Assert.Equal(136, written);
        Assert.All(text[written..], value => Assert.Equal(0, value));
    }

    private static void Check(Encoder encoder, byte[] bytes, bool whole)
    {
        var text = new byte[(bytes.Length + 2) / 3 * 4];
        var result = encoder(bytes, text);
        var (done, written) = whole ? (bytes.Length, result) : (result, result / 3 * 4);

        Assert.Equal(Convert.ToBase64String(bytes.AsSpan(0, done)), System.Text.Encoding.ASCII.GetString(text, 0, written));
        if (!whole)
        {
            Assert.InRange(done, bytes.Length - 63, bytes.Length);
        }
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
