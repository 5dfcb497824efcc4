using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The names by which local sockets of this machine were bound, in whatever network namespace.</summary>
/// <remarks>A name says where a file was made, as its maker saw it: it may be relative, renamed or removed since, or mean another file system.</remarks>
internal static class SocketNames
{
    private const int MostProcesses = 4_096;
    private const int MostFolders = 256;
    private const int PathField = 7; // unix(7): Num RefCount Protocol Flags Type St Inode Path; a path may hold blanks

    /// <summary>All names that may be paths here; relative ones as seen from the directory of each process of the same namespace that may be asked for it.</summary>
    public static HashSet<UnixPath> Find()
    {
        var absolute = new HashSet<UnixPath>();
        var relative = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var folders = new Dictionary<string, HashSet<UnixPath>>(StringComparer.Ordinal);
        _ = DirectoryReader.Open("/proc"u8, followLink: true, guard: null, out var opened);
        using var processes = opened;
        for (var count = 0; count < MostProcesses && processes is not null && processes.MoveNext();)
        {
            if (!Utf8Parser.TryParse(processes.Name, out int pid, out _))
            {
                continue;
            }

            count++;
            if (Namespace(processes.Descriptor, pid) is not { } space)
            {
                continue;
            }

            if (!relative.TryGetValue(space, out var names))
            {
                var table = KernelFile.ReadBytes($"/proc/{pid}/net/unix");
                if (table.Length == 0)
                {
                    continue; // it has ended meanwhile: the next one of its namespace is asked
                }

                relative.Add(space, names = new HashSet<string>(StringComparer.Ordinal));
                folders.Add(space, []);
                Read(table, absolute, names);
            }

            if (names.Count > 0 && folders[space].Count < MostFolders && Libc.ReadLink(CString.Of($"/proc/{pid}/cwd")) is [(byte)'/', ..] cwd)
            {
                folders[space].Add(UnixPath.FromBytes(cwd));
            }
        }

        absolute.UnionWith(
            from table in relative
            from name in table.Value.Take(MostFolders)
            from folder in folders[table.Key]
            select folder.Combine(name));
        return absolute;
    }

    // The name of its network namespace; for a process of another user, which does not tell it, the inode of its table, of which each namespace has its own.
    private static string? Namespace(SafeFileHandle processes, int pid) =>
        Libc.ReadLinkAt(processes, CString.Of($"{pid}/ns/net")) is { } name ? Encoding.Latin1.GetString(name)
        : Libc.StatusAt(processes, CString.Of($"{pid}/net/unix"), 0, out var table) == 0 ? table.Identity.Inode.ToString(CultureInfo.InvariantCulture)
        : null;

    private static void Read(byte[] table, HashSet<UnixPath> absolute, HashSet<string> relative)
    {
        var text = Encoding.Latin1.GetString(table);
        foreach (var line in text.AsSpan().Split('\n'))
        {
            var name = Name(text.AsSpan(line));
            if (name is ['/', ..])
            {
                absolute.Add(UnixPath.FromRaw(name.ToString()));
            }
            else if (name is not ([] or ['@', ..] or "Path"))
            {
                relative.Add(name.ToString()); // an abstract name begins with @
            }
        }
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> line)
    {
        for (var field = 0; field < PathField; field++)
        {
            var end = line.TrimStart(' ').IndexOf(' ');
            if (end < 0)
            {
                return [];
            }

            line = line.TrimStart(' ')[(end + 1)..];
        }

        return line;
    }
}
