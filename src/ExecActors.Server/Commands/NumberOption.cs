using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ExecActors.Server.Commands;

/// <summary>An option with a whole number in a range, with errors that name the option, the range and what was given.</summary>
internal static class NumberOption
{
    /// <summary>Makes the option; without it on the command line its value is null.</summary>
    public static Option<long?> Create(string name, string helpName, string description, long minimum, long maximum = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(result, name, minimum, maximum),
    };

    private static long? Parse(ArgumentResult result, string name, long minimum, long maximum)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum)
        {
            return number;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{name} takes a whole number from {minimum} to {maximum}, not '{text}'."));
        return null;
    }
}
