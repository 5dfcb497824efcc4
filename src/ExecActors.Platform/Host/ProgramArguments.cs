using System.Text.Unicode;

namespace ExecActors.Platform;

/// <summary>This program's own arguments as the bytes they were, which the framework reads as UTF-8 with U+FFFD in the place of what is none.</summary>
public static class ProgramArguments
{
    private const string CommandLine = "/proc/self/cmdline";

    /// <summary>The first argument that is not UTF-8.</summary>
    /// <param name="arguments">As the framework has them.</param>
    /// <returns>Its place and its <see cref="NativeText"/>; null when all are as they were given.</returns>
    public static (int Index, string Text)? FindForeign(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Any(MayBeAltered) ? FindForeign(arguments, Read()) : null;
    }

    /// <summary>As the other one, with the command line: arguments end with NUL, and what belongs to the runtime comes first.</summary>
    internal static (int Index, string Text)? FindForeign(IReadOnlyList<string> arguments, ReadOnlySpan<byte> commandLine)
    {
        var given = new List<byte[]>();
        while (!commandLine.IsEmpty)
        {
            var end = commandLine.IndexOf((byte)0);
            given.Add(commandLine[..(end < 0 ? commandLine.Length : end)].ToArray());
            commandLine = end < 0 ? [] : commandLine[(end + 1)..];
        }

        for (var index = 0; index < arguments.Count; index++)
        {
            var place = given.Count - arguments.Count + index;
            if (MayBeAltered(arguments[index]) && (place < 0 || !Utf8.IsValid(given[place])))
            {
                return (index, place < 0 ? arguments[index] : NativeText.FromBytes(given[place])); // without /proc nothing shows that it is unaltered
            }
        }

        return null;
    }

    private static bool MayBeAltered(string argument) => argument.Contains('\uFFFD', StringComparison.Ordinal);

    private static byte[] Read()
    {
        try
        {
            return File.ReadAllBytes(CommandLine);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
