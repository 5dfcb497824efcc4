using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeModelTests
{
    [Property(MaxTest = 2000)]
    public void The_scanner_agrees_with_the_model_on_generated_frames(int seed) =>
        AssertAgreement(Wire.Utf8(new RandomJson(seed).Frame()));

    [Property(MaxTest = 2000)]
    public void The_scanner_agrees_with_the_model_when_one_byte_is_changed(int seed)
    {
        var json = new RandomJson(seed);
        var frame = Wire.Utf8(json.Frame());
        var interesting = "\"\\{}[],:0-+.eEtfn u\u0001/"u8;
        frame[json.Random.Next(frame.Length)] = json.Random.Next(2) == 0
            ? interesting[json.Random.Next(interesting.Length)]
            : (byte)json.Random.Next(256);

        AssertAgreement(frame);
    }

    [Property(MaxTest = 1000)]
    public void The_scanner_agrees_with_the_model_when_a_byte_is_missing_or_doubled(int seed)
    {
        var json = new RandomJson(seed);
        var frame = Wire.Utf8(json.Frame());
        var at = json.Random.Next(frame.Length);

        AssertAgreement([.. frame[..at], .. frame[(at + 1)..]]);
        AssertAgreement([.. frame[..(at + 1)], .. frame[at..]]);
        AssertAgreement(frame[..at]);
    }

    private static void AssertAgreement(byte[] frame)
    {
        var expected = EnvelopeModel.Of(frame);
        var scanned = EnvelopeScanner.TryScan(frame, out var envelope, out var problem);

        Assert.True(expected is not null == scanned, $"model {expected}, scanner {scanned} {problem}: {Wire.Text(frame)}");
        Assert.Equal(scanned, problem.Length == 0);
        if (scanned)
        {
            Assert.Equal(expected, EnvelopeModel.Of(frame, envelope));
        }
    }
}
