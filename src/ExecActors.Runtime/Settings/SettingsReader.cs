using System.Globalization;

using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ExecActors.Runtime.Settings;

/// <summary>Reads single values and says precisely what is wrong with one.</summary>
internal sealed class SettingsReader(Config config)
{
    private static readonly (string Suffix, long Factor)[] SizeUnits =
        [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1)];

    private static readonly (string Suffix, double Milliseconds)[] TimeUnits =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Refuses every key of <paramref name="user"/> that <paramref name="builtIn"/> does not have.</summary>
    /// <remarks>Only <c>execactors</c> is closed; <c>akka</c> belongs to Akka.NET, which has keys this project does not list.</remarks>
    public static void RefuseUnknownKeys(Config user, Config builtIn, string source)
    {
        foreach (var (root, value) in user.Root.GetObject().Items)
        {
            switch (root)
            {
                case "execactors":
                    RefuseUnknownKeys(value, builtIn.GetValue("execactors"), "execactors", source);
                    break;
                case "akka":
                    break;
                default:
                    throw new SettingsException($"{source}: unknown key `{root}`; keys start with `execactors.` or `akka.`");
            }
        }
    }

    /// <summary>Yes or no.</summary>
    public bool Switch(string path) => Text(path) switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        var text => throw Bad(path, text, "true or false"),
    };

    /// <summary>One of the names of an enumeration, in small letters.</summary>
    public T Choice<T>(string path)
        where T : struct, Enum
    {
        var text = Text(path);
        foreach (var choice in Enum.GetValues<T>())
        {
            if (string.Equals(text, Name(choice), StringComparison.Ordinal))
            {
                return choice;
            }
        }

        throw Bad(path, text, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}");

        static string Name(T choice) => choice.ToString().ToLowerInvariant();
    }

    /// <summary>A whole number within a range.</summary>
    public int Count(string path, int min, int max)
    {
        var text = Text(path);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Bad(path, text, $"a whole number from {min} to {max}");
    }

    /// <summary>A size within a range.</summary>
    public int Bytes(string path, int min, int max) => (int)LongBytes(path, min, max);

    /// <summary>A size within a range.</summary>
    public long LongBytes(string path, long min, long max)
    {
        var text = Text(path);
        return TryScale(text, SizeUnits, out var bytes) && bytes >= min && bytes <= max
            ? bytes
            : throw Bad(path, text, $"a size with a unit of B, KiB, MiB or GiB, from {min} to {max} bytes");
    }

    /// <summary>A duration within a range.</summary>
    public TimeSpan Duration(string path, TimeSpan min, TimeSpan max)
    {
        var text = Text(path);
        foreach (var (suffix, milliseconds) in TimeUnits)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text[..^suffix.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * milliseconds <= max.TotalMilliseconds
                && number * milliseconds >= min.TotalMilliseconds)
            {
                return TimeSpan.FromMilliseconds(number * milliseconds);
            }
        }

        throw Bad(path, text, $"a duration with a unit of ms, s, m or h, from {min.TotalSeconds:0.###}s to {max.TotalSeconds:0.###}s");
    }

    /// <summary>The absolute path of a file, or an empty text.</summary>
    public string PathOrEmpty(string path)
    {
        var text = config.GetString(path, "").Trim();
        return text.Length == 0 || (text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : throw Bad(path, text, "the absolute path of a file, or empty");
    }

    /// <summary>A program: an absolute path, or the one name that is looked for on the PATH.</summary>
    public string Program(string path, string name)
    {
        var text = Text(path);
        return string.Equals(text, name, StringComparison.Ordinal) || (text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : throw Bad(path, text, $"an absolute path, or {name} to look for it on the PATH");
    }

    private static void RefuseUnknownKeys(HoconValue user, HoconValue known, string path, string source)
    {
        if (!user.IsObject())
        {
            throw new SettingsException($"{source}: `{path}` is a group of keys, found the value `{user}`");
        }

        var knownItems = known.GetObject().Items;
        foreach (var (key, value) in user.GetObject().Items)
        {
            var full = $"{path}.{key}";
            if (!knownItems.TryGetValue(key, out var knownValue))
            {
                if (path.StartsWith("execactors.blocking-", StringComparison.Ordinal))
                {
                    continue; // a dispatcher takes more keys, which are Akka's
                }

                throw new SettingsException($"{source}: unknown key `{full}`; known here: {string.Join(", ", knownItems.Keys)}");
            }

            if (knownValue.IsObject())
            {
                RefuseUnknownKeys(value, knownValue, full, source);
            }
            else if (value.IsObject())
            {
                throw new SettingsException($"{source}: `{full}` is a single value, found a group of keys");
            }
        }
    }

    private static bool TryScale(string text, (string Suffix, long Factor)[] units, out long scaled)
    {
        foreach (var (suffix, factor) in units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && int.TryParse(text[..^suffix.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                scaled = number * factor;
                return true;
            }
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out scaled);
    }

    private static SettingsException Bad(string path, string found, string wanted) =>
        new($"`{path}` is `{found}`; it must be {wanted}");

    private string Text(string path)
    {
        var value = config.GetValue(path);
        return value is null || value.IsEmpty || !value.IsString()
            ? throw new SettingsException($"`{path}` has no single value; give one or leave the key out")
            : value.GetString().Trim();
    }
}
