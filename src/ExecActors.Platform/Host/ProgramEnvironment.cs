using System.Collections;
using System.Text;
using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>This program's own variables, byte for byte, as <see cref="NativeText"/>.</summary>
/// <remarks>
/// The framework reads them as UTF-8 and puts U+FFFD in the place of what is none. Whatever it has not changed is taken from it, so that a
/// variable which the program has set itself counts; the rest comes from the C library.
/// </remarks>
public static class ProgramEnvironment
{
    /// <summary>All of them, names compared ordinally.</summary>
    public static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        Restore(variables, Libc.Environ());
        return variables;
    }

    /// <summary>One of them; null when it is not set.</summary>
    public static string? Variable(string name) => Variables().GetValueOrDefault(name);

    /// <summary>The path of this program's file; null when it is unknown.</summary>
    public static string? ProgramPath() => Environment.ProcessPath is { } path && path.Contains('\uFFFD', StringComparison.Ordinal)
        && Libc.ReadLinkAt(Libc.NoDirectory, "/proc/self/exe\0"u8) is { } link ? NativeText.FromBytes(link.AsSpan()[..^1]) : Environment.ProcessPath;

    /// <summary>Puts the bytes back that reading as UTF-8 has lost.</summary>
    /// <param name="variables">As the framework has them.</param>
    /// <param name="entries">As the C library has them; of several with one name the first counts.</param>
    internal static void Restore(Dictionary<string, string> variables, IReadOnlyList<byte[]> entries)
    {
        var lost = new Dictionary<string, string>(StringComparer.Ordinal);
        var whole = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var equals = entry.AsSpan().IndexOf((byte)'=');
            if (equals > 0)
            {
                var name = NativeText.FromBytes(entry.AsSpan(0, equals));
                (NativeText.HasForeignBytes(name) ? lost : whole).TryAdd(name, NativeText.FromBytes(entry.AsSpan(equals + 1)));
            }
        }

        foreach (var (name, value) in whole)
        {
            if (NativeText.HasForeignBytes(value) && variables.TryGetValue(name, out var read) && string.Equals(read, Altered(value), StringComparison.Ordinal))
            {
                variables[name] = value;
            }
        }

        // A name that was altered has taken the place of the one that it looks like then, or stands where none is.
        foreach (var (name, value) in lost)
        {
            var altered = Altered(name);
            if (whole.TryGetValue(altered, out var own))
            {
                variables[altered] = own;
            }
            else
            {
                variables.Remove(altered);
            }

            variables[name] = value;
        }
    }

    /// <summary>As the framework has it.</summary>
    private static string Altered(string text) => Encoding.UTF8.GetString(NativeText.ToBytes(text));
}
