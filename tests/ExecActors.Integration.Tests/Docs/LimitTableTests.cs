using System.Text.RegularExpressions;

namespace ExecActors.Integration.Tests.Docs;

/// <summary>The table of limits in docs/PROTOCOL.md names settings that there are, with their defaults.</summary>
public sealed partial class LimitTableTests
{
    [Fact]
    public void Every_limit_is_a_setting_with_that_default()
    {
        var settings = Settings(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "execactors.conf")));
        Assert.All(
            ProtocolDocument.Instance.Table("key", "default", "at the limit").Rows,
            row => Assert.Equal(row[1], settings.GetValueOrDefault("execactors." + row[0])));
    }

    /// <summary>Full paths and values of a file that has one opening, one closing or one value on a line.</summary>
    private static Dictionary<string, string> Settings(IEnumerable<string> lines)
    {
        var path = new Stack<string>();
        var settings = new Dictionary<string, string>();
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')))
        {
            if (line == "}")
            {
                path.Pop();
            }
            else if (Opening().Match(line) is { Success: true } opening)
            {
                path.Push(opening.Groups["name"].Value);
            }
            else if (Value().Match(line) is { Success: true } value)
            {
                settings[string.Join('.', path.Reverse().Append(value.Groups["name"].Value))] = value.Groups["value"].Value;
            }
        }

        return settings;
    }

    [GeneratedRegex(@"^(?<name>[\w.-]+) \{$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opening();

    [GeneratedRegex(@"^(?<name>[\w.-]+) = (?<value>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();
}
