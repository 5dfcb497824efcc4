using System.Text;

namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeHostileTests
{
    private const int Large = 64 * 1024 * 1024;

    [Theory]
    [InlineData("", "[", "")]
    [InlineData("{\"a\":", "[", "")]
    [InlineData("{\"a\":", "{\"a\":", "")]
    [InlineData("{", "\"a\":1,", "\"a\":1}")]
    [InlineData("", " ", "")]
    [InlineData("{\"a\":-", "1", "x")]
    [InlineData("{\"a\":\"", "a", "")]
    [InlineData("{\"a\":\"", "\\", "")]
    [InlineData("{\"a\":\"", "\\u00e9", "")]
    [InlineData("{\"a\":\"", "é\\n", "")]
    [InlineData("{\"", "a", "\":1,")]
    public async Task A_large_frame_that_is_no_message_is_refused_soon(string head, string body, string tail)
    {
        var frame = Frame(head, body, tail);

        var problem = await Bounded.RunAsync(() => Wire.Problem(frame));

        Assert.InRange(problem.Length, 1, 4096);
    }

    [Theory]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":\"", "A", "\"}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":\"", "\\n", "\"}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":\"", "é", "\"}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":\"", "é\\n", "\"}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":", " ", "1}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"params\":1", "0", "}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"", "k", "\":1}")]
    [InlineData("{\"id\":1,\"method\":\"initialize\",\"", "\\u006b", "\":1}")]
    public async Task A_large_frame_that_is_a_message_is_read_soon(string head, string body, string tail)
    {
        var frame = Frame(head, body, tail);

        Assert.True(await Bounded.RunAsync(() => EnvelopeScanner.TryScan(frame, out _, out _)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a common beginning that is longer than any vector register of the machine, so that hashes over a prefix are equal: ")]
    public async Task Two_hundred_thousand_names_are_compared_soon(string prefix)
    {
        var frame = new StringBuilder("{\"id\":1,\"method\":\"initialize\",\"params\":{");
        for (var i = 0; i < 200_000; i++)
        {
            frame.Append('"').Append(prefix).Append(i).Append("\":0,");
        }

        var distinct = Wire.Utf8(frame + "\"last\":0}}");
        var repeated = Wire.Utf8(frame + $"\"{prefix}0\":0}}}}");

        Assert.True(await Bounded.RunAsync(() => EnvelopeScanner.TryScan(distinct, out _, out _)));
        Assert.Contains("duplicate", await Bounded.RunAsync(() => Wire.Problem(repeated)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_objects_of_many_names_are_compared_soon()
    {
        var one = $"{{{string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"{i}\":0"))}}}";
        var frame = Wire.Utf8($"{{\"method\":\"initialized\",\"params\":[{string.Join(',', Enumerable.Repeat(one, 1300))}]}}");

        Assert.True(await Bounded.RunAsync(() => EnvelopeScanner.TryScan(frame, out _, out _)));
    }

    private static byte[] Frame(string head, string body, string tail)
    {
        var part = Wire.Utf8(body);
        var frame = new byte[Large];
        var first = Wire.Utf8(head);
        var last = Wire.Utf8(tail);
        first.CopyTo(frame, 0);
        var at = first.Length;
        for (; at + part.Length + last.Length <= frame.Length; at += part.Length)
        {
            part.CopyTo(frame, at);
        }

        last.CopyTo(frame, at);
        return frame[..(at + last.Length)];
    }
}
