using System.Globalization;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>Readings over time, and the slope that most of them agree on.</summary>
/// <remarks>Keeps at most a thousand: beyond, every second one is dropped and of the further ones only as many are taken.</remarks>
internal sealed class Samples
{
    private const int Most = 1000;
    private readonly List<(double Time, double Value)> _kept = [];
    private int _stride = 1;
    private int _offered;

    /// <summary>Takes a reading, or not.</summary>
    public void Add(double time, double value)
    {
        if (_offered++ % _stride != 0)
        {
            return;
        }

        _kept.Add((time, value));
        if (_kept.Count == Most)
        {
            _stride *= 2;
            for (var i = Most - 1; i > 0; i -= 2)
            {
                _kept.RemoveAt(i);
            }
        }
    }

    /// <summary>The first, the last, the least and the most of those kept.</summary>
    public string Span() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_kept[0].Value:0.#} to {_kept[^1].Value:0.#} ({_kept.Min(sample => sample.Value):0.#} to {_kept.Max(sample => sample.Value):0.#})");

    /// <summary>
    /// By how much the readings grew, by Theil and Sen: the median of the slopes of all pairs, times the time they span. A peak, or a third of
    /// the readings gone wrong, does not move it. The first quarter of the time is left out, for a runtime grows until it has seen everything.
    /// </summary>
    public double Growth()
    {
        var first = _kept[0].Time + ((_kept[^1].Time - _kept[0].Time) / 4);
        var settled = _kept.Where(sample => sample.Time >= first).ToList();
        var slopes = new List<double>();
        for (var i = 0; i < settled.Count; i++)
        {
            for (var j = i + 1; j < settled.Count; j++)
            {
                if (settled[j].Time > settled[i].Time)
                {
                    slopes.Add((settled[j].Value - settled[i].Value) / (settled[j].Time - settled[i].Time));
                }
            }
        }

        slopes.Sort();
        return slopes.Count == 0 ? 0 : slopes[slopes.Count / 2] * (settled[^1].Time - settled[0].Time);
    }
}
