using System.Text.Unicode;
using ExecActors.Hosting.WebSockets;

namespace ExecActors.Hosting.Tests.WebSockets;

public sealed class TextCheckTests
{
    private static readonly byte[] s_interesting =
        [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF];

    [Fact]
    public void Cut_anywhere_a_text_is_judged_as_it_is_whole()
    {
        var random = new Random(5);
        for (var round = 0; round < 50_000; round++)
        {
            var text = new byte[random.Next(12)];
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = s_interesting[random.Next(s_interesting.Length)];
            }

            var check = default(TextCheck);
            var isValid = true;
            for (var at = 0; at < text.Length;)
            {
                var length = random.Next(text.Length - at + 1);
                isValid &= check.Accept(text.AsSpan(at, length));
                at += length;
            }

            Assert.True(Utf8.IsValid(text) == (isValid && check.IsWhole), Convert.ToHexString(text));
        }
    }

    [Fact]
    public void A_new_message_begins_anew()
    {
        var check = default(TextCheck);
        Assert.True(check.Accept([0xE2, 0x82]));
        Assert.False(check.IsWhole);

        check.Reset();

        Assert.True(check.Accept("plain"u8) && check.IsWhole);
    }
}
