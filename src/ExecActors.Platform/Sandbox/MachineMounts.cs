using System.Text;

namespace ExecActors.Platform;

/// <summary>Where file systems are mounted that are no files but the machine's own state: what is written there changes the kernel, for everybody.</summary>
/// <remarks>/proc and what lies on it is left out: a sandbox has its own (<see cref="ProcFiles"/>).</remarks>
internal static class MachineMounts
{
    private const string Table = "/proc/self/mountinfo";
    private const int PlaceField = 4;

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _types = new HashSet<string>(StringComparer.Ordinal)
    {
        "apparmorfs", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cpuset", "debugfs", "efivarfs", "functionfs", "fusectl", "gadgetfs",
        "nfsd", "openpromfs", "proc", "pstore", "resctrl", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "sysfs", "tracefs", "usbfs", "xenfs",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly UnixPath _proc = UnixPath.FromText("/proc");

    // Of the table as it was read last. It is read each time, since directories above a mount can be renamed without a word; only its meaning is kept.
    private static Known _last = new([], []);

    /// <summary>Their mount points as they are now: without links, and none below another one.</summary>
    /// <exception cref="SandboxException">The table of mounts cannot be read.</exception>
    public static IReadOnlyList<UnixPath> Find()
    {
        var table = KernelFile.ReadBytes(Table);
        if (table.Length == 0)
        {
            throw new SandboxException($"the sandbox cannot tell where the machine's own state is mounted: {Table} cannot be read; mount /proc");
        }

        var last = Volatile.Read(ref _last);
        if (!last.Table.AsSpan().SequenceEqual(table))
        {
            last = new Known(table, Parse(Encoding.Latin1.GetString(table)));
            Volatile.Write(ref _last, last);
        }

        return last.Places;
    }

    /// <summary>Takes them from such a table, one character per byte.</summary>
    internal static IReadOnlyList<UnixPath> Parse(string table)
    {
        // Only this byte ends a line: a name may hold all others that text files end lines with.
        var found = new List<UnixPath>();
        foreach (var range in table.AsSpan().Split('\n'))
        {
            // proc(5): id, parent, device, root, mount point, options, optional fields up to a hyphen, type, source, options of the file system.
            var line = table.AsSpan(range);
            var type = line[(line.IndexOf(" - ", StringComparison.Ordinal) is var end and > 0 ? end + 3 : line.Length)..];
            if (_types.Contains(type[..Math.Max(0, type.IndexOf(' '))]) && Unescape(line.ToString().Split(' ')[PlaceField]) is ['/', ..] place)
            {
                found.Add(UnixPath.FromRaw(place));
            }
        }

        return [.. found.Distinct().Where(path => !path.IsRoot && !path.IsAtOrBelow(_proc) && !found.Any(other => path.IsBelow(other)))];
    }

    // Blanks, tabs, newlines and backslashes are written as a backslash and three octal digits.
    private static string Unescape(string field)
    {
        var text = new StringBuilder();
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                text.Append((char)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }

    private sealed record Known(byte[] Table, IReadOnlyList<UnixPath> Places);
}
