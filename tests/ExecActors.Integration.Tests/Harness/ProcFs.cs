using System.Globalization;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>What /proc says of a process.</summary>
public static class ProcFs
{
    /// <summary>The children of all its threads, zombies too.</summary>
    public static IReadOnlyList<int> Children(int pid) =>
    [
        .. Directory.GetDirectories($"/proc/{pid}/task")
            .SelectMany(task => ReadIfThere(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Its children, theirs, and so on.</summary>
    public static IReadOnlyList<int> Descendants(int pid) => [.. Children(pid).SelectMany(child => Descendants(child).Append(child))];

    /// <summary>What its descriptors point to, for instance <c>socket:[123]</c>; without the runtime's own, of assemblies it loads when they are needed.</summary>
    public static IReadOnlyList<string> Descriptors(int pid) =>
    [
        .. Directory.GetFiles($"/proc/{pid}/fd")
            .Select(link => new FileInfo(link).LinkTarget)
            .OfType<string>() // null: closed while we looked
            .Where(target => !target.EndsWith(".dll", StringComparison.Ordinal)),
    ];

    /// <summary>The processes that run with exactly these arguments, zombies not.</summary>
    public static IReadOnlyList<int> WithArguments(params string[] arguments)
    {
        var wanted = string.Concat(arguments.Select(argument => argument + "\0"));
        return
        [
            .. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
                .Where(name => char.IsAsciiDigit(name[0]) && ReadIfThere($"/proc/{name}/cmdline") == wanted)
                .Select(name => int.Parse(name, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Threads now.</summary>
    public static int Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Length;

    /// <summary>The arguments of a process; none of one that has ended.</summary>
    public static string[] Arguments(string pid) => ReadIfThere($"/proc/{pid}/cmdline").Split('\0');

    /// <summary>Resident memory now, in bytes.</summary>
    public static long ResidentBytes(int pid) => StatusBytes(pid, "VmRSS:");

    /// <summary>The most resident memory it ever had, in bytes.</summary>
    public static long PeakResidentBytes(int pid) => StatusBytes(pid, "VmHWM:");

    /// <summary>Command lines of the given processes, for a failure's text.</summary>
    public static string Describe(IEnumerable<int> pids) =>
        string.Join(", ", pids.Select(pid => $"{pid} ({ReadIfThere($"/proc/{pid}/stat").Split(' ').ElementAtOrDefault(1)})"));

    private static long StatusBytes(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the thread or process has just ended
        }
    }
}
