using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Bytes;

public sealed class Base64ChunkTests
{
    [Theory]
    [InlineData("!!!", "Invalid symbol 33, offset 0.")]
    [InlineData("-_-_", "Invalid symbol 45, offset 0.")]
    [InlineData("YQ", "Invalid padding")]
    [InlineData("YQ=", "Invalid padding")]
    [InlineData("YR", "Invalid padding")]
    [InlineData("YWJjZA", "Invalid padding")]
    [InlineData("YR==", "Invalid last symbol 82, offset 1.")]
    [InlineData("YWJ=", "Invalid last symbol 74, offset 2.")]
    [InlineData("YWJjYR==", "Invalid last symbol 82, offset 5.")]
    [InlineData("A", "Invalid input length: 1")]
    [InlineData("YWJjZ", "Invalid input length: 5")]
    [InlineData("=", "Invalid symbol 61, offset 0.")]
    [InlineData("==", "Invalid symbol 61, offset 0.")]
    [InlineData("====", "Invalid symbol 61, offset 0.")]
    [InlineData("====YWJj", "Invalid symbol 61, offset 0.")]
    [InlineData("Y===", "Invalid symbol 61, offset 1.")]
    [InlineData("Y=Q=", "Invalid symbol 61, offset 1.")]
    [InlineData("YQ=a", "Invalid symbol 61, offset 2.")]
    [InlineData("YQ=*", "Invalid symbol 61, offset 2.")]
    [InlineData("YQ==YQ==", "Invalid symbol 61, offset 2.")]
    [InlineData("YWJjYW=j", "Invalid symbol 61, offset 6.")]
    [InlineData("YWJj=", "Invalid symbol 61, offset 4.")]
    [InlineData("YWJj==", "Invalid symbol 61, offset 4.")]
    [InlineData("YWJj====", "Invalid symbol 61, offset 4.")]
    [InlineData("YQ==\n", "Invalid symbol 10, offset 4.")]
    [InlineData("\nYQ==", "Invalid symbol 10, offset 0.")]
    [InlineData("YWJj\nYWJj", "Invalid symbol 10, offset 4.")]
    [InlineData("    ", "Invalid symbol 32, offset 0.")]
    [InlineData("YWJj    ", "Invalid symbol 32, offset 4.")]
    [InlineData("YQ= =", "Invalid symbol 61, offset 2.")]
    [InlineData("YWJj!", "Invalid symbol 33, offset 4.")]
    [InlineData("YWJjYW!j", "Invalid symbol 33, offset 6.")]
    [InlineData("Y*==", "Invalid symbol 42, offset 1.")]
    [InlineData("YQ*=", "Invalid symbol 42, offset 2.")]
    [InlineData("é", "Invalid symbol 195, offset 0.")]
    [InlineData("YWJé", "Invalid symbol 169, offset 4.")]
    public void A_text_that_is_not_canonical_is_refused_in_the_reference_servers_words(string text, string message)
    {
        Assert.False(Base64Chunk.TryDecode(Wire.Utf8(text), new byte[64], out var written, out var error));
        Assert.Equal((0, new RpcError(ErrorCodes.InvalidParams, message)), (written, error));
        Assert.False(Base64Chunk.TryMeasure(Wire.Utf8(text), out var length, out var sameError));
        Assert.Equal((0, error), (length, sameError));
    }

    [Property]
    public void Any_bytes_come_back(byte[] bytes)
    {
        var base64 = Wire.Utf8(Convert.ToBase64String(bytes));
        var decoded = new byte[Base64Chunk.MaxDecodedLength(base64.Length)];

        Assert.True(Base64Chunk.TryDecode(base64, decoded, out var written, out _));
        Assert.Equal(bytes, decoded[..written]);
    }

    [Property(MaxTest = 2000)]
    public void A_changed_text_is_canonical_or_refused(byte[] bytes, byte change, ushort place)
    {
        var base64 = Wire.Utf8(Convert.ToBase64String([.. bytes, 1]));
        base64[place % base64.Length] = change;
        var decoded = new byte[base64.Length];

        var accepted = Base64Chunk.TryDecode(base64, decoded, out var written, out var error);

        Assert.Equal(accepted, string.IsNullOrEmpty(error.Message));
        Assert.Equal(accepted, Base64Chunk.TryMeasure(base64, out var length, out var sameError));
        Assert.Equal((written, error), (length, sameError));
        if (accepted)
        {
            Assert.Equal(Wire.Text(base64), Convert.ToBase64String(decoded, 0, written));
        }
    }

    [Fact]
    public void A_destination_that_is_too_small_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => Base64Chunk.TryDecode("YWJj"u8, new byte[1], out _, out _));
}
