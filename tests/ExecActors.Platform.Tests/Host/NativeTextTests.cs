namespace ExecActors.Platform.Tests.Host;

/// <summary>Bytes as text and back.</summary>
public sealed class NativeTextTests
{
    [Fact]
    public void Every_sequence_of_bytes_comes_back_as_it_was()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            var text = NativeText.FromBytes(bytes);
            Assert.Equal(bytes, NativeText.ToBytes(text));
            Assert.Equal(!System.Text.Unicode.Utf8.IsValid(bytes), NativeText.HasForeignBytes(text));
            Assert.False(NativeText.IsBroken(text));
        }
    }

    [Fact]
    public void People_see_each_foreign_byte()
    {
        // Not as data of a theory: an attribute cannot hold half a pair.
        Assert.Equal("plain", NativeText.Show("plain"));
        Assert.Equal("ä€😀\uFFFD", NativeText.Show("ä€😀\uFFFD"));
        Assert.Equal("a\\xFFb", NativeText.Show("a\uDCFFb"));
        Assert.Equal("a\\uD800b", NativeText.Show("a\uD800b"));
    }

    [Fact]
    public void Half_a_surrogate_pair_stands_for_no_bytes()
    {
        foreach (var text in new[] { "\uD800", "\uD800\uD800", "a\uDC00", "\uDFFF" })
        {
            Assert.True(NativeText.IsBroken(text) && NativeText.HasForeignBytes(text));
            Assert.Throws<ArgumentException>(() => NativeText.ToBytes(text));
        }
    }
}
