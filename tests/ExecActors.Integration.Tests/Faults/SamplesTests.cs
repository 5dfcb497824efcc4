namespace ExecActors.Integration.Tests.Faults;

/// <summary>The slope that the soak judges by.</summary>
public sealed class SamplesTests
{
    [Fact]
    public void A_slow_leak_is_seen_through_noise_and_peaks()
    {
        var samples = Of(time => (0.01 * time) + ((time * 7919 % 11) - 5) + (time % 13 == 0 ? 500 : 0));
        Assert.InRange(samples.Growth(), 0.01 * 7500 * 0.8, 0.01 * 7500 * 1.2);
    }

    [Fact]
    public void Noise_and_peaks_without_a_leak_are_no_growth() =>
        Assert.InRange(Of(time => 100 + (time * 7919 % 11) + (time % 13 == 0 ? 500 : 0)).Growth(), -1, 1);

    [Fact]
    public void What_grows_at_the_beginning_only_is_no_growth() => Assert.InRange(Of(time => Math.Min(time, 2000)).Growth(), -1, 1);

    private static Samples Of(Func<int, double> value)
    {
        var samples = new Samples();
        for (var time = 0; time < 10_000; time++)
        {
            samples.Add(time, value(time));
        }

        return samples;
    }
}
