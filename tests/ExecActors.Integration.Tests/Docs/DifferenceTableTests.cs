using System.Reflection;
using ExecActors.Integration.Tests.Replay;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>The table of differences and the tests agree: no test relies on one that is not there, none is there that no test shows.</summary>
public sealed class DifferenceTableTests
{
    private static IReadOnlyList<string> Names => [.. ProtocolDocument.Instance.Table("name", "method", "reference", "ours", "why").Rows.Select(row => row[0])];

    [Fact]
    public void Every_name_is_there_once() => Assert.Equal(Names.Distinct(), Names);

    [Fact]
    public void Every_difference_is_shown_by_a_test_and_every_test_names_one_that_is_there()
    {
        var types = typeof(DifferenceTableTests).Assembly.GetTypes();
        var shown = types.SelectMany(type => type.GetCustomAttributes<DifferenceAttribute>())
            .Concat(types.SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributes<DifferenceAttribute>()))
            .Select(difference => difference.Name)
            .Concat(Exemption.All.Select(exemption => exemption.Difference))
            .Concat(Differences.InComparers);
        Assert.Equal(Names.Order(StringComparer.Ordinal), shown.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_cell_is_filled() =>
        Assert.All(ProtocolDocument.Instance.Table("name", "method", "reference", "ours", "why").Rows, row => Assert.True(row.Count == 5 && row.All(cell => cell.Length > 0), row[0]));
}
