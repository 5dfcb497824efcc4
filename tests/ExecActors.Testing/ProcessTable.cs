using System.Globalization;

namespace ExecActors.Testing;

/// <summary>What /proc says of processes.</summary>
public static class ProcessTable
{
    /// <summary>The children of this process, zombies too, as <c>PID (name) state</c>.</summary>
    public static IReadOnlyList<string> Children()
    {
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var children = All().Where(entry => string.Equals(entry.Fields[1], self, StringComparison.Ordinal));
        return [.. children.Select(entry => $"{entry.Name} {entry.Fields[0]}")];
    }

    /// <summary>The members of a process group that are no zombies, as <c>PID (name) state</c>.</summary>
    public static IReadOnlyList<string> LivingMembers(int group)
    {
        var wanted = group.ToString(CultureInfo.InvariantCulture);
        var members = All().Where(entry => string.Equals(entry.Fields[2], wanted, StringComparison.Ordinal));
        return [.. members.Where(entry => entry.Fields[0] is not ("Z" or "X")).Select(entry => entry.Name)];
    }

    /// <summary>The process group of a process.</summary>
    public static int GroupOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 4)[2], CultureInfo.InvariantCulture);
    }

    /// <summary>Completes once a process is gone, out of the process table too.</summary>
    /// <exception cref="TimeoutException">It is still there after <see cref="TestTimeouts.Default"/>.</exception>
    public static Task WaitUntilGoneAsync(int pid) => LeakCheck.SettleAsync(
        () => Directory.Exists($"/proc/{pid}") ? [$"process {pid} is still there"] : []);

    /// <summary>Completes once a process group has no member but zombies.</summary>
    /// <exception cref="TimeoutException">There is one after <see cref="TestTimeouts.Default"/>.</exception>
    public static Task WaitUntilGroupEndedAsync(int group) => LeakCheck.SettleAsync(() => LivingMembers(group));

    private static IEnumerable<(string Name, string[] Fields)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder["/proc/".Length])))
        {
            string stat;
            try
            {
                stat = File.ReadAllText($"{folder}/stat");
            }
            catch (IOException)
            {
                continue; // it has ended since the folder was listed
            }

            var end = stat.LastIndexOf(')');
            yield return (stat[..(end + 1)], stat[(end + 2)..].Split(' ', 5));
        }
    }
}
