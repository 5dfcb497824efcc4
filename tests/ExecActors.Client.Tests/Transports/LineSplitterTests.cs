using System.Text;
using ExecActors.Client.Transports;
using ExecActors.Platform;

namespace ExecActors.Client.Tests.Transports;

public class LineSplitterTests
{
    private const string Text = "one\n\ntwo is longer\nthree\n";

    [Fact]
    public void Any_split_of_the_bytes_gives_the_same_lines()
    {
        for (var first = 0; first <= Text.Length; first++)
        {
            for (var second = first; second <= Text.Length; second++)
            {
                Assert.Equal(["one", "two is longer", "three"], Lines(Text[..first], Text[first..second], Text[second..]));
            }
        }
    }

    [Fact]
    public void A_line_without_its_end_is_no_line() => Assert.Equal(["one"], Lines("one\ntw", "o"));

    [Fact]
    public void A_line_over_the_limit_is_refused_before_it_is_gathered()
    {
        using var splitter = new LineSplitter(maxLineBytes: 5);
        splitter.Give(Lease("12345\n123"));
        Assert.True(splitter.TryTake(out _));
        Assert.False(splitter.TryTake(out _));
        splitter.Give(Lease("456"));
        Assert.Throws<IOException>(() => splitter.TryTake(out _));
    }

    private static List<string> Lines(params string[] pieces)
    {
        using var splitter = new LineSplitter(maxLineBytes: 100);
        var lines = new List<string>();
        foreach (var piece in pieces)
        {
            splitter.Give(Lease(piece));
            while (splitter.TryTake(out var line))
            {
                lines.Add(Encoding.UTF8.GetString(line.Span));
            }
        }

        return lines;
    }

    private static ByteLease Lease(string text) => ByteLease.CopyOf(Encoding.UTF8.GetBytes(text));
}
