using System.Globalization;

namespace ExecActors.Benchmarks.Load;

/// <summary>All results, and the table they become.</summary>
internal sealed class ResultTable
{
    private readonly List<Figure> _order = [];
    private readonly Dictionary<(Figure Figure, bool Second), List<(int Round, double Value)>> _values = [];

    /// <summary>Keeps a result.</summary>
    public void Add(Figure figure, bool second, int round, double value)
    {
        if (!_order.Contains(figure))
        {
            _order.Add(figure);
        }

        if (!_values.TryGetValue((figure, second), out var values))
        {
            _values[(figure, second)] = values = [];
        }

        values.Add((round, value));
    }

    /// <summary>Writes the table as markdown.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="compares">Whether there is a second server.</param>
    public void Write(TextWriter output, bool compares)
    {
        output.WriteLine(compares
            ? "| figure | unit | better | ExecActors: median (min..max) | second: median (min..max) | ratio |\n| --- | --- | --- | --- | --- | --- |"
            : "| figure | unit | better | ExecActors: median (min..max) |\n| --- | --- | --- | --- |");
        foreach (var figure in _order)
        {
            var better = figure.Better == Better.Lower ? "lower" : "higher";
            output.Write($"| {figure.Name} | {figure.Unit} | {better} | {Summary(figure, second: false)} |");
            output.WriteLine(compares ? $" {Summary(figure, second: true)} | {Ratio(figure)} |" : "");
        }
    }

    /// <summary>The middle one; of an even number the mean of the two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private string Summary(Figure figure, bool second)
    {
        if (!_values.TryGetValue((figure, second), out var values))
        {
            return "failed";
        }

        var numbers = values.ConvertAll(value => value.Value);
        return $"{Text(Median(numbers))} ({Text(numbers.Min())}..{Text(numbers.Max())})";
    }

    // The ratio of each round, and of those the median: what disturbs one round disturbs both servers in it.
    private string Ratio(Figure figure)
    {
        if (!_values.TryGetValue((figure, false), out var ours) || !_values.TryGetValue((figure, true), out var theirs))
        {
            return "";
        }

        var ratio = Median(
            from our in ours
            join their in theirs on our.Round equals their.Round
            where their.Value != 0
            select our.Value / their.Value);
        return double.IsNaN(ratio) ? "" : ratio is > 0 and < 0.1 ? $"1/{Text(1 / ratio)}" : Text(ratio);
    }

    // Three digits that count.
    private static string Text(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
