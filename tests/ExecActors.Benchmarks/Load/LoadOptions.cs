using System.Globalization;

namespace ExecActors.Benchmarks.Load;

/// <summary>What the command line asks for.</summary>
/// <param name="First">The command of this project's server, with <c>{port}</c>.</param>
/// <param name="Second">The command of the server it is compared with; null for none.</param>
/// <param name="Scenarios">What to measure, in order.</param>
/// <param name="Rounds">How often; the servers take turns within a round.</param>
/// <param name="Home">Below it each server gets a fresh home directory.</param>
/// <param name="QuickAck">Whether this client acknowledges at once, which hides delays of a server that has Nagle's algorithm on.</param>
/// <param name="Commit">Said in the table.</param>
internal sealed record LoadOptions(
    string First, string? Second, IReadOnlyList<Scenario> Scenarios, int Rounds, string Home, bool QuickAck, string Commit)
{
    private const int MostRounds = 99;

    /// <summary>For <c>--help</c> and after errors.</summary>
    public static string Usage { get; } =
        $$"""
        usage: load --first COMMAND [--second COMMAND] [--scenario LIST] [--rounds N] [--home DIR] [--quickack] [--commit TEXT]

          --first COMMAND   how this project's server is started; {port} stands for the port, words are split at blanks
          --second COMMAND  another exec-server to compare with, likewise
          --scenario LIST   all (default), or of these, with commas: {{string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}}
          --rounds N        1 to 99, default 5; with two servers they take turns in each round
          --home DIR        below it each server gets a fresh HOME; the reference server needs one outside the system's temporary folder for its sandbox
          --quickack        acknowledge at once: hides what a server loses to Nagle's algorithm with an ordinary client
          --commit TEXT     what the table says was measured
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="LoadUsageException">It is wrong; the message says how.</exception>
    public static LoadOptions Parse(IReadOnlyList<string> words)
    {
        string? first = null, second = null;
        var options = new LoadOptions("", Second: null, Scenario.All, 5, Path.Combine(Environment.CurrentDirectory, "artifacts", "bench"), QuickAck: false, "unknown");
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "--first":
                    first = Command(Value());
                    break;
                case "--second":
                    second = Command(Value());
                    break;
                case "--scenario":
                    options = options with { Scenarios = Named(Value()) };
                    break;
                case "--rounds":
                    options = options with { Rounds = Number(Value()) };
                    break;
                case "--home":
                    options = options with { Home = Path.GetFullPath(Value()) };
                    break;
                case "--commit":
                    options = options with { Commit = Value() };
                    break;
                case "--quickack":
                    options = options with { QuickAck = true };
                    break;
                default:
                    throw new LoadUsageException($"'{words[i]}' is not known");
            }

            string Value() => ++i < words.Count ? words[i] : throw new LoadUsageException($"{words[i - 1]} needs a value");
        }

        return options with { First = first ?? throw new LoadUsageException("--first is missing: the command that starts the server"), Second = second };
    }

    private static string Command(string text) => text.Contains("{port}", StringComparison.Ordinal)
        ? text
        : throw new LoadUsageException($"the command '{text}' has no {{port}} in it, for instance: --listen ws://127.0.0.1:{{port}}");

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostRounds
        ? number
        : throw new LoadUsageException($"--rounds takes a number from 1 to {MostRounds}, not '{text}'");

    private static IReadOnlyList<Scenario> Named(string list) => list is "all" ? Scenario.All :
        [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name =>
            Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new LoadUsageException($"there is no scenario '{name}'; there are: {string.Join(", ", Scenario.All.Select(scenario => scenario.Name))}"))];
}

/// <summary>The command line is wrong.</summary>
internal sealed class LoadUsageException(string message) : Exception(message);
