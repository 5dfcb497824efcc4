namespace ExecActors.Integration.Tests;

/// <summary>Says which deliberate differences from the reference server a test relies on, by their names in docs/PROTOCOL.md.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class DifferenceAttribute(string name) : Attribute
{
    /// <summary>The entry's name.</summary>
    public string Name { get; } = name;
}

/// <summary>The differences that the comparers of the replay allow wherever they meet them.</summary>
public static class Differences
{
    /// <summary>Every name that <see cref="Use"/> takes.</summary>
    public static IReadOnlySet<string> InComparers { get; } = new HashSet<string>
    {
        "capabilities", "close-reason", "created-at", "decoded-bodies", "error-texts", "exit-after-output", "first-seq", "request-header-form", "retained-output",
        "start-error-data", "start-response-first",
    };

    /// <summary>Cites an entry of the table where a comparer departs from the recording.</summary>
    public static void Use(string name) => Assert.Contains(name, InComparers);
}
