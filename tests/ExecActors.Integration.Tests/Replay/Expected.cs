using System.Text.RegularExpressions;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>Comparison of a message with what was expected, where <c>"$any"</c> stands for any value.</summary>
public static partial class Expected
{
    /// <summary>Matches whatever is there, as long as the member is.</summary>
    public const string Any = "$any";

    /// <summary>Whether <paramref name="actual"/> is what was expected: the same members and the same values.</summary>
    public static bool Matches(JToken expected, JToken? actual) => (expected, actual) switch
    {
        ({ Type: JTokenType.String }, not null) when (string?)expected == Any => true,
        (JObject left, JObject right) => left.Count == right.Count && left.Properties().All(member => Matches(member.Value, right[member.Name])),
        (JArray left, JArray right) => left.Count == right.Count && left.Zip(right).All(pair => Matches(pair.First, pair.Second)),
        _ => JToken.DeepEquals(expected, actual),
    };

    /// <summary>Whether two error texts say the same: parse failures in any words, errors of the operating system by their number.</summary>
    public static bool IsSameMessage(string recorded, string actual)
    {
        if (WithoutParserWords(recorded) == WithoutParserWords(actual))
        {
            return true;
        }

        var (before, now) = (SystemError().Match(recorded), SystemError().Match(actual));
        if (ServerUnderTest.IsReference || !before.Success || before.Groups["number"].Value != now.Groups["number"].Value)
        {
            return false;
        }

        Differences.Use("error-texts");
        return true;
    }

    /// <summary>The text of a parse failure without what may vary: the peer's port and the JSON library's own words.</summary>
    public static string WithoutParserWords(string message) =>
        ParseFailure().Match(message) is { Success: true } match ? match.Groups["start"].Value + (match.Groups["stdio"].Success ? "stdio" : "websocket") : message;

    [GeneratedRegex(@"^[^(]+ \(os error (?<number>\d+)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemError();

    [GeneratedRegex(@"^(?<start>failed to parse .*from exec-server )(websocket \d+\.\d+\.\d+\.\d+:\d+|(?<stdio>stdio)): .+$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ParseFailure();
}
