using ExecActors.Protocol.Tests.Envelopes;

namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>Any bytes as a frame: the scanner says what a general JSON library says, and nothing else.</summary>
public sealed class EnvelopeFuzzTests
{
    [Fact]
    public Task The_scanner_agrees_with_a_full_parse() => FuzzTarget.RunAsync(nameof(EnvelopeFuzzTests), "frames.txt", slice: 30_000, frame =>
    {
        var expected = EnvelopeModel.Of(frame);
        var scanned = EnvelopeScanner.TryScan(frame, out var envelope, out var problem);
        Assert.True(scanned == expected is not null, $"the full parse says {expected}, the scanner {scanned} {problem}");
        Assert.Equal(scanned, problem.Length == 0);
        if (scanned)
        {
            Assert.Equal(expected, EnvelopeModel.Of(frame, envelope));
        }
    });
}
